#pragma once
#include <type_traits>
#include <utility>
#include <variant>

#include "lib/support/diagnostic.hpp"

namespace mote {

// A value, or the diagnostics (at least one) that explain its absence. std::expected is C++23.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Diagnostic why) : state_(std::in_place_index<1>, Diagnostics{std::move(why)}) {}
  Result(Diagnostics why) : state_(std::in_place_index<1>, std::move(why)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Diagnostics& errors() { return std::get<1>(state_); }
  const Diagnostics& errors() const { return std::get<1>(state_); }
  const Diagnostic& error() const { return std::get<1>(state_).front(); }

 private:
  std::variant<T, Diagnostics> state_;
};

struct Ok {};
using Status = Result<Ok>;

}  // namespace mote

// Unwrap, or hand the diagnostics to the caller.
#define MOTE_CONCAT_(a, b) a##b
#define MOTE_CONCAT(a, b) MOTE_CONCAT_(a, b)
#define MOTE_TRY(declaration, expression)                        \
  auto MOTE_CONCAT(tried_, __LINE__) = (expression);             \
  if (!MOTE_CONCAT(tried_, __LINE__))                            \
    return std::move(MOTE_CONCAT(tried_, __LINE__).errors());    \
  declaration = *std::move(MOTE_CONCAT(tried_, __LINE__))
#define MOTE_TRY_STATUS(expression)                              \
  if (auto MOTE_CONCAT(tried_, __LINE__) = (expression); !MOTE_CONCAT(tried_, __LINE__)) \
  return std::move(MOTE_CONCAT(tried_, __LINE__).errors())
