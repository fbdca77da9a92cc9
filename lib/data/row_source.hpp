#pragma once
#include <functional>
#include <memory>

#include "lib/ir/array_stream.hpp"

namespace mote {

// Rows of one array, wherever they are stored; each is read when it is asked for. Reading is thread-safe.
class RowSource {
 public:
  virtual ~RowSource() = default;
  [[nodiscard]] virtual std::int64_t size() const = 0;
  [[nodiscard]] virtual DType dtype() const = 0;
  [[nodiscard]] virtual const Shape& shape() const = 0;  // of one row, as stored
  // Numbers written as text: they have no element type of their own; dtype() is f64.
  [[nodiscard]] virtual bool is_text() const { return false; }
  // Code::bad_data or Code::file_unreadable, naming file and row.
  [[nodiscard]] virtual Result<Tensor> row(std::int64_t index) const = 0;
};
using SharedRows = std::shared_ptr<const RowSource>;

// Whether a stored shape can be one sample. Settles what the first axis of an array is: samples, if the rest fits;
// otherwise the whole array may be one sample.
using FitsSample = std::function<bool(const Shape&)>;

// A .npy. In C order rows are read by seeking; Fortran order is read whole (at most 2 GiB).
[[nodiscard]] Result<SharedRows> open_npy_rows(SharedBytes bytes, const std::string& file, const FitsSample& fits);
[[nodiscard]] Result<SharedRows> open_npy_rows(const std::string& path, const FitsSample& fits);

// The numeric columns of a .csv, one row per line; a first line that is not numeric is the header.
[[nodiscard]] Result<SharedRows> open_csv_rows(const std::string& path);

// The *.npy files of a folder in the order of their names, each one sample or a batch of them.
[[nodiscard]] Result<SharedRows> open_folder_rows(const std::string& path, const FitsSample& fits);

[[nodiscard]] Diagnostic bad_data(const std::string& file, std::string message, std::string help = {});

}  // namespace mote
