#include "lib/support/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "lib/support/check.hpp"
#include "lib/support/text.hpp"

namespace mote {

std::string sha256(std::span<const std::byte> bytes) {
  std::array<std::byte, 32> digest{};
  unsigned length = 0;
  const int ok = EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &length,
                            EVP_sha256(), nullptr);
  MOTE_CHECK(ok == 1 && length == digest.size());
  return hex(digest);
}

std::string sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace mote
