#include "lib/data/row_range.hpp"

#include <charconv>

#include "lib/data/row_source.hpp"

namespace mote {

Result<RowRange> parse_row_range(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() && value >= 0;
    return whole ? std::optional(value) : std::nullopt;
  };
  if (colon != std::string_view::npos) {
    const auto begin = colon == 0 ? std::optional<std::int64_t>(0) : number(text.substr(0, colon));
    const auto end = number(text.substr(colon + 1));
    if (begin && (end || colon + 1 == text.size())) return RowRange{*begin, end};
  }
  return Diagnostic{.code = Code::usage,
                    .message = "rows '" + std::string(text) + "' are not understood",
                    .help = {"write 100:500 for rows 100 to 499, :500 or 100:"}};
}

Result<FileRows> parse_file_rows(const std::string& text) {
  FileRows result{.file = text, .rows = {}};
  const std::size_t bracket = text.rfind('[');
  const bool has_rows =
      text.ends_with(']') && bracket != std::string::npos && text.find(':', bracket) != std::string::npos;
  if (!has_rows) return result;
  MOTE_TRY(result.rows, parse_row_range(std::string_view(text).substr(bracket + 1, text.size() - bracket - 2)));
  result.file.resize(bracket);
  return result;
}

Result<RowBounds> row_bounds(const RowRange& range, std::int64_t rows, const std::string& file) {
  const std::int64_t end = range.end.value_or(rows);
  if (range.begin < end && end <= rows) return RowBounds{range.begin, end};
  return bad_data(file, rows == 0 ? "holds no samples"
                                  : "rows " + std::to_string(range.begin) + ":" + std::to_string(end) +
                                        " are asked for, it holds " + std::to_string(rows));
}

}  // namespace mote
