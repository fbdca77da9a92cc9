#pragma once
#include "lib/ops/expansion.hpp"

// What models of ai.onnx.ml read: a row of features per sample; a vector is a single row.
namespace mote::ops {

struct FeatureRows {
  std::int64_t count = 1, features = 1;
};

// Numbers [count, features] or [features]; anything else is refused.
[[nodiscard]] Status expect_feature_rows(const OpView& op, std::size_t input, std::string_view role);
[[nodiscard]] FeatureRows feature_rows(const OpView& op, std::size_t input);  // of an operand that is accepted
// The operand as f32 [count, features]: other numbers become the nearest f32.
[[nodiscard]] Expansion::Ref add_feature_rows(const OpView& op, Expansion& expansion, std::size_t input);
[[nodiscard]] Expansion::Ref add_cast(Expansion& expansion, Expansion::Ref x, DType dtype);
[[nodiscard]] Expansion::Ref add_reshape(Expansion& expansion, Expansion::Ref x, std::vector<std::int64_t> extents);

// A sample's operand: a few rows, now and then a vector; mostly f32, sometimes integers.
[[nodiscard]] Sample::Input sample_feature_rows(Rng& rng, std::int64_t features);

}  // namespace mote::ops
