#include "lib/ops/expansion.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/real_form.hpp"

namespace mote {
namespace ops {
std::span<const ExpansionRule> array_feature_extractor_expansions();
std::span<const ExpansionRule> binarizer_expansions();
std::span<const ExpansionRule> conv_transpose_expansions();
std::span<const ExpansionRule> dynamic_quantize_expansions();
std::span<const ExpansionRule> feature_vectorizer_expansions();
std::span<const ExpansionRule> hardmax_expansions();
std::span<const ExpansionRule> imputer_expansions();
std::span<const ExpansionRule> integer_product_expansions();
std::span<const ExpansionRule> label_encoder_expansions();
std::span<const ExpansionRule> linear_model_expansions();
std::span<const ExpansionRule> local_response_expansions();
std::span<const ExpansionRule> microsoft_gelu_expansions();
std::span<const ExpansionRule> normalization_expansions();
std::span<const ExpansionRule> normalizer_expansions();
std::span<const ExpansionRule> one_hot_encoder_expansions();
std::span<const ExpansionRule> point_distance_expansions();
std::span<const ExpansionRule> qlinear_elementwise_expansions();
std::span<const ExpansionRule> qlinear_product_expansions();
std::span<const ExpansionRule> resize_expansions();
std::span<const ExpansionRule> scaler_expansions();
std::span<const ExpansionRule> scatter_expansions();
std::span<const ExpansionRule> space_depth_expansions();
std::span<const ExpansionRule> support_vector_expansions();
}  // namespace ops

std::optional<Expansion> expansion_of(const OpView& op) {
  const std::array families{
      ops::array_feature_extractor_expansions(),
      ops::binarizer_expansions(),
      ops::conv_transpose_expansions(),
      ops::dynamic_quantize_expansions(),
      ops::feature_vectorizer_expansions(),
      ops::hardmax_expansions(),
      ops::imputer_expansions(),
      ops::integer_product_expansions(),
      ops::label_encoder_expansions(),
      ops::linear_model_expansions(),
      ops::local_response_expansions(),
      ops::microsoft_gelu_expansions(),
      ops::normalization_expansions(),
      ops::normalizer_expansions(),
      ops::one_hot_encoder_expansions(),
      ops::point_distance_expansions(),
      ops::qlinear_elementwise_expansions(),
      ops::qlinear_product_expansions(),
      ops::resize_expansions(),
      ops::scaler_expansions(),
      ops::scatter_expansions(),
      ops::space_depth_expansions(),
      ops::support_vector_expansions()};
  for (const auto& family : families)
    if (const auto rule = std::ranges::find(family, op.node.op->name, &ops::ExpansionRule::op); rule != family.end())
      return rule->expand(op);
  return std::nullopt;
}

}  // namespace mote
