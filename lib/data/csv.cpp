#include "lib/data/csv.hpp"

#include <algorithm>
#include <charconv>

#include "lib/data/row_source.hpp"

namespace mote {
namespace {

// One row costs one small read, a walk through the file few large ones.
constexpr std::int64_t first_chunk_bytes = 1 << 12;
constexpr std::int64_t largest_chunk_bytes = 1 << 16;
constexpr std::int64_t record_limit = 1 << 24;
constexpr std::int64_t table_limit = std::int64_t{1} << 28;

}  // namespace

CsvReader::CsvReader(SharedBytes bytes, std::string file, std::int64_t offset)
    : bytes_(std::move(bytes)), file_(std::move(file)), position_(offset) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  std::string start(mark.size(), ' ');
  if (offset == 0 && bytes_->read_at(0, std::as_writable_bytes(std::span(start))) && start == mark) position_ = 3;
}

int CsvReader::peek() {
  const auto loaded = static_cast<std::int64_t>(chunk_.size());
  if (position_ < chunk_begin_ || position_ >= chunk_begin_ + loaded) {
    const std::int64_t chunk_bytes = std::clamp(2 * loaded, first_chunk_bytes, largest_chunk_bytes);
    chunk_begin_ = position_;
    chunk_.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(bytes_->size() - position_, 0, chunk_bytes)));
    if (!bytes_->read_at(position_, chunk_)) chunk_.clear();
    if (chunk_.empty()) return -1;
  }
  return std::to_integer<int>(chunk_[static_cast<std::size_t>(position_ - chunk_begin_)]);
}

Result<std::string> CsvReader::quoted_field() {
  std::string field;
  skip();  // the opening quote
  for (int c = peek(); c >= 0; c = peek()) {
    skip();
    if (position_ - record_offset_ > record_limit) break;
    if (c == '"') {
      if (peek() != '"') return field;
      skip();
    }
    field += static_cast<char>(c);
  }
  return bad_data(file_, "a quoted field that begins at byte " + std::to_string(record_offset_) + " or later is never closed");
}

Result<std::optional<CsvRecord>> CsvReader::next() {
  while (peek() == '\n' || peek() == '\r') skip();
  record_offset_ = position_;
  if (peek() < 0) return std::optional<CsvRecord>();
  CsvRecord record(1);
  bool closed = false;  // the field was quoted: only its end may follow
  for (int c = peek(); c >= 0 && c != '\n'; c = peek()) {
    if (position_ - record_offset_ > record_limit) return bad_data(file_, "a line is longer than 16 MiB");
    if (c == '"' && record.back().empty() && !closed) {
      MOTE_TRY(record.back(), quoted_field());
      closed = true;
      continue;
    }
    skip();
    if (c == ',') {
      record.emplace_back();
      closed = false;
    } else if (c != '\r') {
      if (closed) return bad_data(file_, "text behind the closing quote of a field near byte " + std::to_string(position_));
      record.back() += static_cast<char>(c);
    }
  }
  return std::optional(std::move(record));
}

std::optional<double> number_of(std::string_view field) {
  const std::size_t first = field.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  field = field.substr(first, field.find_last_not_of(" \t") - first + 1);
  if (field.starts_with('+')) field.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc{} && end == field.data() + field.size() ? std::optional(number) : std::nullopt;
}

Result<CsvTable> read_csv(const std::string& path, CsvHeader header) {
  MOTE_TRY(const SharedBytes bytes, open_bytes(path));
  if (bytes->size() > table_limit) return bad_data(path, "is larger than 256 MiB, the limit for labels and slices");
  CsvReader reader(bytes, path);
  CsvTable table;
  for (std::int64_t line = 1;; ++line) {
    MOTE_TRY(std::optional<CsvRecord> record, reader.next());
    if (!record) break;
    if (line == 1 && (header == CsvHeader::present || !std::ranges::all_of(*record, [](const std::string& field) { return number_of(field).has_value(); }))) {
      table.columns = *std::move(record);
      continue;
    }
    while (line == 1 && table.columns.size() < record->size()) table.columns.push_back("column " + std::to_string(table.columns.size() + 1));
    if (record->size() != table.columns.size())
      return bad_data(path, "line " + std::to_string(line) + " has " + std::to_string(record->size()) + " fields, expected " +
                                std::to_string(table.columns.size()));
    table.rows.push_back(*std::move(record));
  }
  if (table.rows.empty()) return bad_data(path, "has no rows");
  return table;
}

}  // namespace mote
