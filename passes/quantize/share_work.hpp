#pragma once
#include <cstddef>
#include <thread>
#include <vector>

#include "lib/support/result.hpp"

namespace mote {

inline constexpr std::size_t working_threads = 2;

// Calls work(thread, index) for every index below `count`, thread t for t, t + working_threads, …; each thread stops at
// its first failure. Who gets which index does not depend on time, so neither do results that are kept by thread.
template <class Work>
Status share_work(std::size_t count, const Work& work) {
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

}  // namespace mote
