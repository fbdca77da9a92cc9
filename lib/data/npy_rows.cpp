#include <algorithm>

#include "lib/data/row_source.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/support/checked.hpp"

namespace mote {
namespace {

class SeekingRows : public RowSource {
 public:
  SeekingRows(SharedBytes bytes, std::string file, NpyHeader header, Shape shape, std::int64_t rows)
      : bytes_(std::move(bytes)), file_(std::move(file)), header_(std::move(header)), shape_(std::move(shape)), rows_(rows) {}
  std::int64_t size() const override { return rows_; }
  DType dtype() const override { return header_.dtype; }
  const Shape& shape() const override { return shape_; }
  Result<Tensor> row(std::int64_t index) const override {
    Tensor tensor = Tensor::zeros(header_.dtype, shape_);
    const auto row_bytes = static_cast<std::int64_t>(tensor.bytes.size());
    if (!bytes_->read_at(header_.data_offset + index * row_bytes, tensor.bytes))
      return bad_data(file_, "row " + std::to_string(index) + " cannot be read", "the file may have changed meanwhile");
    if (header_.big_endian) swap_byte_order(tensor.bytes, byte_size(header_.dtype));
    return tensor;
  }

 private:
  SharedBytes bytes_;
  std::string file_;
  NpyHeader header_;
  Shape shape_;
  std::int64_t rows_;
};

class MemoryRows : public RowSource {
 public:
  MemoryRows(Tensor all, Shape shape, std::int64_t rows) : all_(std::move(all)), shape_(std::move(shape)), rows_(rows) {}
  std::int64_t size() const override { return rows_; }
  DType dtype() const override { return all_.dtype; }
  const Shape& shape() const override { return shape_; }
  Result<Tensor> row(std::int64_t index) const override {
    const std::int64_t row_bytes = shape_.elements() * byte_size(all_.dtype);
    const auto begin = all_.bytes.begin() + index * row_bytes;
    return Tensor{.dtype = all_.dtype, .shape = shape_, .bytes = Bytes(begin, begin + row_bytes)};
  }

 private:
  Tensor all_;
  Shape shape_;
  std::int64_t rows_;
};

struct Split {
  Shape row{};
  std::int64_t rows = 1;
};

// Samples along the first axis; or the whole array is one sample.
Result<Split> split_rows(const NpyHeader& header, const std::string& file, const FitsSample& fits) {
  const std::vector<std::int64_t>& extents = header.extents;
  const auto make = [&](std::vector<std::int64_t> part) -> Result<Shape> {
    auto shape = Shape::make(std::move(part));
    if (!shape) return bad_data(file, shape.error().message, "the first axis is the sample, the rest one input of the model");
    return shape;
  };
  if (!extents.empty()) {
    MOTE_TRY(Shape rest, make({extents.begin() + 1, extents.end()}));
    if (extents[0] < 0) return bad_data(file, "the first axis has " + std::to_string(extents[0]) + " rows");
    const auto whole = Shape::make(extents);
    if (fits(rest) || !whole || !fits(*whole)) return Split{.row = std::move(rest), .rows = extents[0]};
  }
  MOTE_TRY(Shape whole, make(extents));
  return Split{.row = std::move(whole), .rows = 1};
}

}  // namespace

Diagnostic bad_data(const std::string& file, std::string message, std::string help) {
  Diagnostic problem{.code = Code::bad_data,
                     .message = std::move(message),
                     .where = {.file = file, .node = {}, .op_type = {}, .value = {}}};
  if (!help.empty()) problem.help.push_back(std::move(help));
  return problem;
}

Result<SharedRows> open_npy_rows(SharedBytes bytes, const std::string& file, const FitsSample& fits) {
  MOTE_TRY(NpyHeader header, read_npy_header(*bytes, file));
  MOTE_TRY(Split split, split_rows(header, file, fits));
  const std::int64_t row_bytes = split.row.elements() * byte_size(header.dtype);
  const auto expected = checked_mul(split.rows, row_bytes);
  const std::int64_t found = bytes->size() - header.data_offset;
  if (!expected || found != *expected)
    return Diagnostic{.code = Code::malformed_array,
                      .message = std::to_string(found) + " bytes of elements, expected " + std::to_string(split.rows) +
                                 " rows of " + std::to_string(row_bytes) + " bytes",
                      .where = {.file = file, .node = {}, .op_type = {}, .value = {}}};
  if (header.fortran_order && header.extents.size() > 1) {
    constexpr std::int64_t limit = std::int64_t{1} << 31;
    if (bytes->size() > limit)
      return bad_data(file, "is in Fortran order and larger than 2 GiB", "write it with numpy.ascontiguousarray");
    Bytes whole(static_cast<std::size_t>(bytes->size()));
    if (!bytes->read_at(0, whole)) return bad_data(file, "cannot be read");
    MOTE_TRY(Tensor all, parse_npy(whole, file));
    return SharedRows(std::make_shared<MemoryRows>(std::move(all), std::move(split.row), split.rows));
  }
  return SharedRows(std::make_shared<SeekingRows>(std::move(bytes), file, std::move(header), std::move(split.row), split.rows));
}

Result<SharedRows> open_npy_rows(const std::string& path, const FitsSample& fits) {
  MOTE_TRY(SharedBytes bytes, open_bytes(path));
  return open_npy_rows(std::move(bytes), path, fits);
}

}  // namespace mote
