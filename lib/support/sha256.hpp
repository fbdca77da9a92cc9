#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mote {

// SHA-256 (FIPS 180-4) by OpenSSL, as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::span<const std::byte> bytes);
[[nodiscard]] std::string sha256(std::string_view text);

// The same over bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  [[nodiscard]] std::string digest() &&;  // once, at the end

 private:
  std::shared_ptr<void> context_;  // OpenSSL's, whose header stays inside the source file
};

}  // namespace mote
