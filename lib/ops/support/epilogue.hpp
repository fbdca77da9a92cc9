#pragma once
#include <optional>
#include <string_view>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// What the core operators do to a finished sum: add a residual, then limit to [low, high]. Both bounds are optional
// attributes. NaN passes through the limits.
inline constexpr AttrSpec low_attr{.name = "low", .kind = AttrKind::real};
inline constexpr AttrSpec high_attr{.name = "high", .kind = AttrKind::real};

// A bound that nothing can exceed (-infinity from below, +infinity from above) is the same as none.
[[nodiscard]] std::optional<float> low_bound(const OpView& op, std::string_view attr = "low");
[[nodiscard]] std::optional<float> high_bound(const OpView& op, std::string_view attr = "high");

[[nodiscard]] Status expect_ordered_bounds(const OpView& op);
void apply_epilogue(const OpView& op, const Tensor* residual, Tensor& output);

// Appends clamp_low, clamp_high, lowest, highest.
void append_clamp_fields(const OpView& op, KernelCall& call);
void sample_bounds(Rng& rng, Attrs& attrs);

}  // namespace mote::ops
