#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/support/result.hpp"

namespace mote {

// Rows [begin, end) of a set; without `end` to the last.
struct RowRange {
  std::int64_t begin = 0;
  std::optional<std::int64_t> end{};
};
[[nodiscard]] Result<RowRange> parse_row_range(std::string_view text);  // "100:500", ":500", "100:"

// "x.npy[100:500]": a file and some of its rows; a name without such an end means all of them. Code::usage.
struct FileRows {
  std::string file{};
  RowRange rows{};
};
[[nodiscard]] Result<FileRows> parse_file_rows(const std::string& text);

// A range in a file of so many rows: not empty, and inside. Code::bad_data.
struct RowBounds {
  std::int64_t begin = 0, end = 0;
};
[[nodiscard]] Result<RowBounds> row_bounds(const RowRange& range, std::int64_t rows, const std::string& file);

}  // namespace mote
