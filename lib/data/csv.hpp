#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lib/ir/array_stream.hpp"

namespace mote {

using CsvRecord = std::vector<std::string>;  // the fields of one line, unquoted

// Reads comma-separated records (RFC 4180: a field in "…" may hold commas, line ends and "" for a quote) from any
// position where a record begins. Empty lines are passed over; a byte order mark at the start too. At most 16 MiB each.
class CsvReader {
 public:
  CsvReader(SharedBytes bytes, std::string file, std::int64_t offset = 0);
  // Nothing at the end. Code::bad_data for a quote that is never closed or misplaced.
  [[nodiscard]] Result<std::optional<CsvRecord>> next();
  [[nodiscard]] std::int64_t record_offset() const { return record_offset_; }  // where the last record began

 private:
  [[nodiscard]] int peek();  // -1 at the end
  void skip() { ++position_; }
  [[nodiscard]] Result<std::string> quoted_field();

  SharedBytes bytes_;
  std::string file_;
  std::int64_t position_, record_offset_ = 0;
  std::int64_t chunk_begin_ = 0;
  Bytes chunk_{};
};

[[nodiscard]] std::optional<double> number_of(std::string_view field);  // decimal, spaces around it allowed

// A whole table of text, for labels and slices.
struct CsvTable {
  std::vector<std::string> columns{};       // "column 1", … without a header
  std::vector<CsvRecord> rows{};            // each as long as `columns`
};
enum class CsvHeader { automatic, present };  // automatic: present unless every field of the first line is a number
[[nodiscard]] Result<CsvTable> read_csv(const std::string& path, CsvHeader header = CsvHeader::automatic);

}  // namespace mote
