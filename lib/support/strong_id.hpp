#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>

namespace mote {

// An index that cannot be confused with another kind of index. The default is "no index".
template <class Tag>
struct Id {
  std::uint32_t index = UINT32_MAX;
  constexpr explicit operator bool() const { return index != UINT32_MAX; }
  constexpr std::size_t operator*() const { return index; }
  auto operator<=>(const Id&) const = default;
};

}  // namespace mote
