#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/ir/tensor.hpp"

namespace mote {

// C++14 literals that read back to the same bits: shortest decimal with an f suffix, hexadecimal nowhere (C++14 has no
// hexadecimal floats), infinities and NaN through the compiler's builtins.
[[nodiscard]] std::string literal(float value);
[[nodiscard]] std::string literal(double value);
[[nodiscard]] std::string literal(std::int64_t value, DType dtype);

// The elements of a tensor as the inside of a braced initialiser: rows of at most `columns` characters, indented.
[[nodiscard]] std::string element_list(DType dtype, const Bytes& bytes, std::size_t columns = 116);

// A literal of C and C++ with the same bytes: octal escapes end after three digits, whatever follows, and no trigraph is
// left.
[[nodiscard]] std::string c_string(std::string_view text);

[[nodiscard]] std::string with_thousands(std::int64_t number);  // 1234567 -> "1,234,567"

}  // namespace mote
