#pragma once
#include <cstdint>
#include <span>

#include "lib/import/limits.hpp"
#include "lib/support/result.hpp"

namespace mote {

struct PrescanReport {
  std::int64_t messages = 0;
  std::int64_t parsed_bytes = 0;  // memory of the parsed model, from above
  std::size_t deepest = 0;        // nesting of messages, the model itself being 1
};

// Walks the bytes of a ModelProto without building anything, because building amplifies: ten megabytes of empty
// attributes become 1.4 gigabytes of objects. Checks that every tag, varint and length is well formed and inside its
// message, and that counts and nesting stay within the limits. Iterative; linear in the size.
[[nodiscard]] Result<PrescanReport> prescan(std::span<const std::byte> model, const ImportLimits& limits = {});

}  // namespace mote
