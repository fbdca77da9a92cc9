#pragma once
#include <type_traits>

namespace mote::ops {

template <class T>
[[nodiscard]] constexpr bool is_nan(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return value != value;
  else
    return false;
}

// The order of maxima and minima: a NaN beats every number, so that an invalid reading does not vanish in them.
template <class T>
[[nodiscard]] constexpr bool beats_as_maximum(T candidate, T best) {
  return candidate > best || (is_nan(candidate) && !is_nan(best));
}
template <class T>
[[nodiscard]] constexpr bool beats_as_minimum(T candidate, T best) {
  return candidate < best || (is_nan(candidate) && !is_nan(best));
}

}  // namespace mote::ops
