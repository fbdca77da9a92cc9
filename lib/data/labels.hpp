#pragma once
#include "lib/data/data_set.hpp"

namespace mote {

enum class Task : std::uint8_t { automatic, classification, regression };

// What is known about the samples of a set, row by row: a class, or the numbers that the network should give.
struct Labels {
  Task task = Task::classification;
  std::vector<std::int64_t> classes{};  // classification: one per sample, >= 0
  std::vector<double> values{};         // regression: samples x elements
  std::size_t elements = 1;
};

// A .npy (first axis = sample) or a .csv with numeric columns, with "[100:500]" behind it for some of its rows: labels of
// the chosen rows of the set, or of all that its files hold. `automatic`: one whole number per sample is a class,
// anything else is a number to predict. Code::bad_data.
[[nodiscard]] Result<Labels> read_labels(const std::string& source, const DataSet& set, Task task);

// One property of the samples by which results are told apart.
struct Slicing {
  std::string column{};
  std::vector<std::string> values{};  // of each sample
};
// The named columns of a .csv with a header, one line per sample, rows chosen likewise; without names every column with
// at most 50 different values. Code::bad_data, Code::unknown_name.
[[nodiscard]] Result<std::vector<Slicing>> read_slices(const std::string& source, const std::vector<std::string>& columns,
                                                       const DataSet& set);

}  // namespace mote
