#include "codegen/literals.hpp"

#include <cmath>
#include <limits>

#include "lib/support/text.hpp"

namespace mote {
namespace {

template <class Real>
std::string real_literal(Real value, std::string_view suffix, std::string_view infinity, std::string_view nan) {
  if (std::isnan(value)) return std::string(nan);
  if (std::isinf(value)) return (value < 0 ? "-" : "") + std::string(infinity);
  return number_text(value) + std::string(suffix);
}

template <class T>
std::string element(T value, DType dtype) {
  if constexpr (std::is_floating_point_v<T>)
    return literal(value);
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return std::to_string(value) + "ULL";
  else
    return literal(static_cast<std::int64_t>(value), dtype);
}

}  // namespace

std::string literal(float value) { return real_literal(value, "f", "__builtin_huge_valf()", "__builtin_nanf(\"\")"); }
std::string literal(double value) { return real_literal(value, "", "__builtin_huge_val()", "__builtin_nan(\"\")"); }

std::string literal(std::int64_t value, DType dtype) {
  if (dtype == DType::u32) return std::to_string(value) + "U";
  if (dtype != DType::s64 && dtype != DType::s32) return std::to_string(value);
  // The most negative number has no literal of its own in C++: the minus sign is an operator.
  const std::string suffix = dtype == DType::s64 ? "LL" : "";
  const std::int64_t lowest = dtype == DType::s64 ? std::numeric_limits<std::int64_t>::min()
                                                  : std::int64_t{std::numeric_limits<std::int32_t>::min()};
  if (value == lowest) return "(" + std::to_string(value + 1) + suffix + " - 1)";
  return std::to_string(value) + suffix;
}

std::string element_list(DType dtype, const Bytes& bytes, std::size_t columns) {
  std::string text;
  std::string row = "   ";
  visit_dtype(dtype, [&]<class T>() {
    for (const T value : elements_of<T>(bytes)) {
      const std::string item = " " + element(value, dtype) + ",";
      if (row.size() + item.size() > columns) {
        text += row + "\n";
        row = "   ";
      }
      row += item;
    }
  });
  return text + row + "\n";
}

std::string c_string(std::string_view text) {
  std::string literal = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\' || letter == '?') literal += '\\';
    if (byte < 0x20 || byte >= 0x7f) {
      literal += '\\';
      for (const unsigned shift : {6U, 3U, 0U}) literal += static_cast<char>('0' + (byte >> shift & 7U));
    } else {
      literal += letter;
    }
  }
  return literal + "\"";
}

std::string with_thousands(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3 && digits[end - 4] != '-'; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

}  // namespace mote
