#pragma once
#include <span>
#include <string>
#include <string_view>

namespace mote {

// SHA-256 (FIPS 180-4) by OpenSSL, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::span<const std::byte> bytes);
[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace mote
