#include "lib/ops/support/model_attributes.hpp"

#include <algorithm>
#include <cmath>

#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {

Diagnostic wrong_count(const OpView& op, std::string_view attr, std::size_t found, const std::string& expected) {
  return at(op, Code::attribute_range,
            "attribute '" + std::string(attr) + "' has " + std::to_string(found) + " elements, expected " + expected,
            {"export the model again; its lists do not belong together"});
}

Diagnostic listed_twice(const OpView& op, std::string_view attr, const std::string& what) {
  return at(op, Code::attribute_range, "attribute '" + std::string(attr) + "' lists " + what + " twice",
            {"export the model again; only one of them can be meant"});
}

Result<std::vector<double>> finite_list(const OpView& op, std::string_view attr, std::int64_t expected,
                                        const std::string& why) {
  std::vector<double> values = real_list(op, attr);
  if (static_cast<std::int64_t>(values.size()) != expected)
    return wrong_count(op, attr, values.size(), std::to_string(expected) + why);
  const auto broken = std::ranges::find_if(values, [](double value) { return !std::isfinite(value); });
  if (broken == values.end()) return values;
  return at(op, Code::attribute_range,
            "attribute '" + std::string(attr) + "' has no finite number at position " + std::to_string(broken - values.begin()),
            {"export the model again; it cannot have been trained like this"});
}

Tensor f32_tensor(std::vector<std::int64_t> extents, const std::vector<double>& values) {
  Tensor tensor = Tensor::zeros(DType::f32, shape_of(std::move(extents)));
  std::ranges::transform(values, tensor.as<float>().begin(), [](double value) { return static_cast<float>(value); });
  return tensor;
}

Tensor s64_tensor(std::vector<std::int64_t> extents, const std::vector<std::int64_t>& values) {
  Tensor tensor = Tensor::zeros(DType::s64, shape_of(std::move(extents)));
  std::ranges::copy(values, tensor.as<std::int64_t>().begin());
  return tensor;
}

std::vector<float> sample_reals(Rng& rng, std::int64_t count, float low, float high) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = rng.real(low, high);
  return values;
}

}  // namespace mote::ops
