#include "lib/ops/support/epilogue.hpp"

#include <cmath>
#include <limits>

#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

template <class T>
void finish(std::optional<float> low, std::optional<float> high, const Tensor* residual, Tensor& output) {
  const auto y = output.as<T>();
  if (residual != nullptr) {
    const auto added = residual->as<T>();
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += added[i];
  }
  for (T& value : y) {
    if (low && value < static_cast<T>(*low))
      value = static_cast<T>(*low);
    else if (high && value > static_cast<T>(*high))
      value = static_cast<T>(*high);
  }
}

std::optional<float> bound_of(const OpView& op, std::string_view attr, float unbounded) {
  if (!op.has(attr) || op.real(attr) == unbounded) return std::nullopt;
  return op.real(attr);
}

}  // namespace

std::optional<float> low_bound(const OpView& op, std::string_view attr) {
  return bound_of(op, attr, -std::numeric_limits<float>::infinity());
}
std::optional<float> high_bound(const OpView& op, std::string_view attr) {
  return bound_of(op, attr, std::numeric_limits<float>::infinity());
}

Status expect_ordered_bounds(const OpView& op) {
  const auto low = low_bound(op);
  const auto high = high_bound(op);
  const bool finite = std::isfinite(low.value_or(0.0F)) && std::isfinite(high.value_or(0.0F));
  if (finite && (!low || !high || *low <= *high)) return Ok{};
  return at(op, Code::attribute_range,
            "low is " + number_text(low.value_or(0.0F)) + " and high is " + number_text(high.value_or(0.0F)) +
                ", expected low <= high and neither NaN",
            {"swap the bounds, or leave one out"});
}

void apply_epilogue(const OpView& op, const Tensor* residual, Tensor& output) {
  const auto low = low_bound(op);
  const auto high = high_bound(op);
  if (output.dtype == DType::f64)
    finish<double>(low, high, residual, output);
  else
    finish<float>(low, high, residual, output);
}

void append_clamp_fields(const OpView& op, KernelCall& call) {
  call.fields.emplace_back("clamp_low", low_bound(op).has_value());
  call.fields.emplace_back("clamp_high", high_bound(op).has_value());
  call.fields.emplace_back("lowest", low_bound(op).value_or(0.0F));
  call.fields.emplace_back("highest", high_bound(op).value_or(0.0F));
}

void sample_bounds(Rng& rng, Attrs& attrs) {
  if (rng.chance(3)) attrs["low"] = rng.real(-3.0F, 0.0F);
  if (rng.chance(3)) attrs["high"] = rng.real(0.0F, 3.0F);
}

}  // namespace mote::ops
