#pragma once
#include <string_view>
#include <vector>

#include "lib/ops/op_def.hpp"

// Lists of numbers among the attributes of ai.onnx.ml that must have a certain length: Code::attribute_range otherwise.
namespace mote::ops {

// `expected` elements, each finite; `why` ends the sentence "…, expected 60", as in " (2 targets of 30 features)".
[[nodiscard]] Result<std::vector<double>> finite_list(const OpView& op, std::string_view attr, std::int64_t expected,
                                                      const std::string& why);
[[nodiscard]] Diagnostic wrong_count(const OpView& op, std::string_view attr, std::size_t found, const std::string& expected);
[[nodiscard]] Diagnostic listed_twice(const OpView& op, std::string_view attr, const std::string& what);

[[nodiscard]] Tensor f32_tensor(std::vector<std::int64_t> extents, const std::vector<double>& values);
[[nodiscard]] Tensor s64_tensor(std::vector<std::int64_t> extents, const std::vector<std::int64_t>& values);

// For samples: `count` numbers in [low, high].
[[nodiscard]] std::vector<float> sample_reals(Rng& rng, std::int64_t count, float low = -1.0F, float high = 1.0F);

}  // namespace mote::ops
