#pragma once
#include <optional>

#include "lib/data/preprocess.hpp"
#include "lib/data/row_range.hpp"
#include "lib/data/row_source.hpp"
#include "lib/ir/graph.hpp"

namespace mote {

struct DataSpec {
  // Each "file" or "input=file", a .npy, .npz, .csv or folder, with "[100:500]" behind it for some rows. A .npz has a
  // member per input, a folder *.npy files or a folder per input; a file without a name serves a model with one input.
  std::vector<std::string> sources{};
  PreprocessMap preprocess{};
  RowRange rows{};  // of what the sources hold
};

// Samples for a model, read row by row from disk: memory does not grow with the set (an index of a .csv is at most
// 8 MiB; compressed .npz members and Fortran order are the exception). Rows can be read again, in any order and from
// several threads.
class DataSet {
 public:
  // Opens the files and checks counts, shapes and element types. Code::bad_data, Code::file_unreadable, Code::usage.
  [[nodiscard]] static Result<DataSet> open(const DataSpec& spec, const Graph& graph);

  [[nodiscard]] std::int64_t size() const { return end_ - begin_; }
  // The inputs in graph order, of exactly the types of the graph's inputs. `row` counts from 0 to size() - 1.
  // Code::bad_data naming file, row and element for NaN, infinity and numbers that do not fit.
  [[nodiscard]] Result<std::vector<Tensor>> sample(std::int64_t row) const;

  // The rows of the files that size() counts: labels may come for all of the files' rows or for the chosen ones.
  [[nodiscard]] std::int64_t first_row() const { return begin_; }
  [[nodiscard]] std::int64_t stored_rows() const { return stored_; }

  struct Input {
    std::string name{};
    TensorType type{};  // of the model
    std::string file{};
    std::int64_t offset = 0;  // of this file's "[100:500]"
    SharedRows rows{};
    Preprocess preprocess{};
  };
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  std::vector<Input> inputs_{};
  std::int64_t begin_ = 0, end_ = 0, stored_ = 0;
};

}  // namespace mote
