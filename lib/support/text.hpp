#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

// Shortest decimal form that reads back to the same bits (std::to_chars): locale-free and exact. Always contains a
// '.', an exponent or is one of "inf", "-inf", "nan".
[[nodiscard]] std::string number_text(float value);
[[nodiscard]] std::string number_text(double value);

[[nodiscard]] std::string join(std::span<const std::int64_t> numbers, std::string_view separator);  // "1,3,32,32"
[[nodiscard]] std::string hex(std::span<const std::byte> bytes);
[[nodiscard]] bool from_hex(std::string_view text, std::vector<std::byte>& bytes);  // false: not hexadecimal

// A valid, readable C identifier in snake_case: never empty, never a keyword of C or C++, never reserved.
[[nodiscard]] std::string c_identifier(std::string_view name);

// Hands out identifiers that differ from all earlier ones: "conv", "conv_2", "conv_3".
class UniqueNames {
 public:
  std::string claim(std::string_view wanted);

 private:
  std::vector<std::string> used_;
};

// The candidates closest to `word` by edit distance (at most a third of its length away), nearest first, at most 3.
[[nodiscard]] std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// A quoted, escaped string: control characters, quotes and backslashes as \n, \", \\ or \xNN (lower-case hex).
[[nodiscard]] std::string quoted(std::string_view text);

// Text that is safe inside a one-line // comment: no line ends, no trailing backslash, no trigraph, no control characters.
[[nodiscard]] std::string comment_text(std::string_view text);

}  // namespace mote
