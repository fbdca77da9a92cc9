#pragma once
#include <cstddef>
#include <string>
#include <utility>

#include "lib/support/diagnostic.hpp"

namespace mote {

// Everything that is wrong with one model, up to a bound: a file with 20,000 bad nodes gives a readable report.
class Problems {
 public:
  explicit Problems(std::size_t most) : most_(most) {}

  void add(Diagnostic problem) {
    ++count_;
    if (list_.size() < most_) list_.push_back(std::move(problem));
  }
  void add(Diagnostics problems) {
    for (Diagnostic& problem : problems) add(std::move(problem));
  }

  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t count() const { return count_; }

  // The list, whose last entry says how many more there were.
  [[nodiscard]] Diagnostics take() {
    if (count_ > list_.size() && !list_.empty())
      list_.back().help.push_back("and " + std::to_string(count_ - list_.size()) + " more problems");
    return std::move(list_);
  }

 private:
  std::size_t most_;
  std::size_t count_ = 0;
  Diagnostics list_;
};

}  // namespace mote
