#include "lib/support/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace mote {
namespace {

template <class Real>
std::string shortest(Real value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

constexpr std::string_view digits = "0123456789abcdef";

// C11 and C++20 keywords, alternative tokens, and names that headers commonly define as macros.
constexpr std::array<std::string_view, 116> reserved{
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
    "char8_t", "char16_t", "char32_t", "class", "compl", "concept", "const", "consteval", "constexpr", "constinit",
    "const_cast", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete", "do", "double",
    "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
    "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
    "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return",
    "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this",
    "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual",
    "void", "volatile", "wchar_t", "while", "xor", "xor_eq", "main", "std", "errno", "assert", "stdin", "stdout",
    "stderr", "unix", "linux", "near", "far", "interrupt", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
    "uint32_t", "int64_t", "uint64_t", "size_t", "context"};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row.back();
}

}  // namespace

std::string number_text(float value) { return shortest(value); }
std::string number_text(double value) { return shortest(value); }

std::string join(std::span<const std::int64_t> numbers, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text += separator;
    text += std::to_string(numbers[i]);
  }
  return text;
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<std::size_t>(byte) >> 4U];
    text += digits[std::to_integer<std::size_t>(byte) & 15U];
  }
  return text;
}

bool from_hex(std::string_view text, std::vector<std::byte>& bytes) {
  if (text.size() % 2 != 0) return false;
  bytes.clear();
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = digits.find(text[i]);
    const std::size_t low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return true;
}

std::string c_identifier(std::string_view name) {
  std::string identifier;
  for (const char letter : name) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (upper) {
      identifier += static_cast<char>(letter - 'A' + 'a');
    } else if (plain) {
      identifier += letter;
    } else if (!identifier.empty() && identifier.back() != '_') {
      identifier += '_';
    }
    if (identifier.size() >= 60) break;
  }
  while (!identifier.empty() && identifier.back() == '_') identifier.pop_back();
  if (identifier.empty()) return "tensor";
  if (identifier[0] >= '0' && identifier[0] <= '9') identifier.insert(0, "t");
  if (std::ranges::find(reserved, identifier) != reserved.end()) identifier += "_tensor";
  return identifier;
}

std::string UniqueNames::claim(std::string_view wanted) {
  const std::string base = c_identifier(wanted);
  std::string name = base;
  for (int suffix = 2; std::ranges::binary_search(used_, name); ++suffix) name = base + "_" + std::to_string(suffix);
  used_.insert(std::ranges::upper_bound(used_, name), name);
  return name;
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::pair<std::size_t, std::string>> scored;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance <= std::max<std::size_t>(1, word.size() / 3)) scored.emplace_back(distance, candidate);
  }
  std::ranges::sort(scored);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, scored.size()); ++i) names.push_back(scored[i].second);
  return names;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (byte < 0x20 || byte >= 0x7f) {
      result += "\\x";
      result += digits[byte >> 4U];
      result += digits[byte & 15U];
    } else {
      result += letter;
    }
  }
  return result + "\"";
}

std::string comment_text(std::string_view text) {
  std::string result;
  for (const char letter : text.substr(0, 200)) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool unsafe = byte < 0x20 || byte >= 0x7f || letter == '\\' || letter == '?';
    result += unsafe ? '_' : letter;
  }
  return result;
}

}  // namespace mote
