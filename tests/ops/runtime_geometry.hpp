#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/ops/kernel_call.hpp"

namespace mote::test {

// Every field that a kernel of lib/ops' shape and elementwise families reads, as a variable instead of a constant.
struct RuntimeFields {
#define MOTE_FIELD(type, name) static inline type name{};
#include "tests/ops/runtime_fields.def"
#undef MOTE_FIELD
};

// The one field that kernels use as a template argument.
template <std::int32_t Rank>
struct RuntimeGeometry : RuntimeFields {
  static constexpr std::int32_t rank = Rank;
};

// Sets the variables; false if the call has a field that is not listed or of another type.
inline bool bind_fields(const std::vector<std::pair<std::string, KernelField>>& fields) {
  for (const auto& [name, value] : fields) {
    bool bound = name == "rank";
#define MOTE_FIELD(type, field)                                \
  if (name == #field && std::holds_alternative<type>(value)) { \
    RuntimeFields::field = std::get<type>(value);              \
    bound = true;                                              \
  }
#include "tests/ops/runtime_fields.def"
#undef MOTE_FIELD
    if (!bound) return false;
  }
  return true;
}

// Calls f(RuntimeGeometry<rank>{}) with the rank of the call, 1 if it has none.
template <class F>
void with_rank(const KernelCall& call, F f) {
  std::int32_t rank = 1;
  for (const auto& [name, value] : call.fields)
    if (name == "rank") rank = std::get<std::int32_t>(value);
  switch (rank) {
    case 1: return f(RuntimeGeometry<1>{});
    case 2: return f(RuntimeGeometry<2>{});
    case 3: return f(RuntimeGeometry<3>{});
    case 4: return f(RuntimeGeometry<4>{});
    case 5: return f(RuntimeGeometry<5>{});
    default: return f(RuntimeGeometry<6>{});
  }
}

}  // namespace mote::test
