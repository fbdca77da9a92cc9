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

Sha256::Sha256() : context_(EVP_MD_CTX_new(), [](void* context) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context)); }) {
  MOTE_CHECK(context_ != nullptr);
  MOTE_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_.get()), EVP_sha256(), nullptr) == 1);
}

void Sha256::add(std::span<const std::byte> bytes) {
  MOTE_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size()) == 1);
}

void Sha256::add(std::string_view text) { add(std::as_bytes(std::span(text))); }

std::string Sha256::digest() && {
  std::array<std::byte, 32> digest{};
  unsigned length = 0;
  const int ok = EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_.get()),
                                    reinterpret_cast<unsigned char*>(digest.data()), &length);
  MOTE_CHECK(ok == 1 && length == digest.size());
  return hex(digest);
}

}  // namespace mote
