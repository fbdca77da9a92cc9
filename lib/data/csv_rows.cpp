#include <algorithm>

#include "lib/data/csv.hpp"
#include "lib/data/row_source.hpp"

namespace mote {
namespace {

// Where records begin, for at most `capacity` of them: when it is full, every second is forgotten. Reading a row then
// passes over at most stride - 1 others, and memory stays bounded.
class RecordIndex {
 public:
  void add(std::int64_t record, std::int64_t offset) {
    if (record % stride_ != 0) return;
    if (offsets_.size() == capacity) {
      for (std::size_t i = 0; 2 * i < capacity; ++i) offsets_[i] = offsets_[2 * i];
      offsets_.resize(capacity / 2);
      stride_ *= 2;
      if (record % stride_ != 0) return;
    }
    offsets_.push_back(offset);
  }
  [[nodiscard]] std::int64_t offset(std::int64_t record) const { return offsets_[static_cast<std::size_t>(record / stride_)]; }
  [[nodiscard]] std::int64_t to_skip(std::int64_t record) const { return record % stride_; }

 private:
  static constexpr std::size_t capacity = std::size_t{1} << 20;
  std::vector<std::int64_t> offsets_{};
  std::int64_t stride_ = 1;
};

class CsvRows : public RowSource {
 public:
  CsvRows(SharedBytes bytes, std::string file, RecordIndex index, Shape shape, std::int64_t rows)
      : bytes_(std::move(bytes)), file_(std::move(file)), index_(std::move(index)), shape_(std::move(shape)), rows_(rows) {}
  std::int64_t size() const override { return rows_; }
  DType dtype() const override { return DType::f64; }
  const Shape& shape() const override { return shape_; }
  bool is_text() const override { return true; }
  Result<Tensor> row(std::int64_t number) const override {
    CsvReader reader(bytes_, file_, index_.offset(number));
    for (std::int64_t skipped = index_.to_skip(number); skipped > 0; --skipped) MOTE_TRY_STATUS(reader.next());
    MOTE_TRY(const std::optional<CsvRecord> record, reader.next());
    const std::string place = "row " + std::to_string(number);
    if (!record || static_cast<std::int64_t>(record->size()) != shape_.elements())
      return bad_data(file_, place + " has " + std::to_string(record ? record->size() : 0) + " fields, expected " +
                                 std::to_string(shape_.elements()));
    Tensor tensor = Tensor::zeros(DType::f64, shape_);
    for (std::size_t i = 0; i < record->size(); ++i) {
      const auto value = number_of((*record)[i]);
      if (!value)
        return bad_data(file_, place + ", column " + std::to_string(i + 1) + " is '" + (*record)[i] + "', expected a number",
                        "leave out columns that are no input of the model");
      tensor.as<double>()[i] = *value;
    }
    return tensor;
  }

 private:
  SharedBytes bytes_;
  std::string file_;
  RecordIndex index_;
  Shape shape_;
  std::int64_t rows_;
};

}  // namespace

Result<SharedRows> open_csv_rows(const std::string& path) {
  MOTE_TRY(SharedBytes bytes, open_bytes(path));
  CsvReader reader(bytes, path);
  RecordIndex index;
  std::int64_t rows = 0;
  std::size_t columns = 0;
  for (bool first = true;; first = false) {
    MOTE_TRY(const std::optional<CsvRecord> record, reader.next());
    if (!record) break;
    if (first) {
      columns = record->size();
      if (!std::ranges::all_of(*record, [](const std::string& field) { return number_of(field).has_value(); })) continue;
    }
    index.add(rows++, reader.record_offset());
  }
  if (rows == 0) return bad_data(path, "has no rows of numbers");
  MOTE_TRY(Shape shape, Shape::make({static_cast<std::int64_t>(columns)}));
  return SharedRows(std::make_shared<CsvRows>(std::move(bytes), path, std::move(index), std::move(shape), rows));
}

}  // namespace mote
