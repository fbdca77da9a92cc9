#pragma once
#include <cstddef>
#include <thread>
#include <vector>

namespace mote {

// Calls body(index) for 0 … count - 1 on two threads, every other index each. Calls must not depend on each other: then
// the result does not depend on how they fall together.
template <class Body>
void for_each_in_parallel(std::size_t count, Body&& body) {
  constexpr std::size_t threads = 2;
  if (count < threads) {
    for (std::size_t index = 0; index < count; ++index) body(index);
    return;
  }
  std::vector<std::jthread> workers;
  for (std::size_t first = 0; first < threads; ++first)
    workers.emplace_back([&body, count, first] {
      for (std::size_t index = first; index < count; index += threads) body(index);
    });
}

}  // namespace mote
