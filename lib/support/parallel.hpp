#pragma once
#include <cstddef>
#include <thread>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

inline constexpr std::size_t working_threads = 2;

// Calls work(thread, index) for every index below `count`, thread t for t, t + working_threads, …; each thread stops at
// its first failure. Calls must not depend on each other. Who gets which index does not depend on time, so neither do
// results that are kept by thread.
template <class Work>
[[nodiscard]] Status try_for_each_in_parallel(std::size_t count, const Work& work) {
  std::vector<Status> ends(working_threads, Ok{});
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < working_threads; ++thread)
      threads.emplace_back([&, thread] {
        for (std::size_t index = thread; index < count && ends[thread]; index += working_threads)
          ends[thread] = work(thread, index);
      });
  }
  for (Status& end : ends)
    if (!end) return std::move(end.errors());
  return Ok{};
}

// The same with body(index), which cannot fail.
template <class Body>
void for_each_in_parallel(std::size_t count, const Body& body) {
  if (count < working_threads) {
    for (std::size_t index = 0; index < count; ++index) body(index);
    return;
  }
  std::vector<std::jthread> threads;
  for (std::size_t first = 0; first < working_threads; ++first)
    threads.emplace_back([&body, count, first] {
      for (std::size_t index = first; index < count; index += working_threads) body(index);
    });
}

}  // namespace mote
