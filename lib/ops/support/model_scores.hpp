#pragma once
#include "lib/ops/expansion.hpp"
#include "lib/ops/support/score_rule.hpp"

// Scores and labels of the linear models and support vector machines of ai.onnx.ml, as ordinary operators. What ONNX
// leaves open is what ONNX Runtime does (core/providers/cpu/ml/ml_common.h of version 1.20).
namespace mote::ops {

struct ClassLabels {
  std::vector<std::int64_t> numbers{};  // empty where classes have names: their positions stand for them
  std::string names{};                  // joined (lib/support/word_list.hpp)
  std::size_t count = 0;
};

// From classlabels_ints and classlabels_strings, of which exactly one must be given.
[[nodiscard]] Result<ClassLabels> class_labels_of(const OpView& op);
// Positions s64 [N] of classes as labels s64 [N].
[[nodiscard]] Expansion::Ref add_labels(Expansion& expansion, Expansion::Ref positions, const ClassLabels& labels);
// 1 where x [N] > 0, else 0, as s64.
[[nodiscard]] Expansion::Ref add_is_positive(Expansion& expansion, Expansion::Ref x);

// scores f32 [N, targets]; each row by itself.
[[nodiscard]] Expansion::Ref add_post_transform(Expansion& expansion, Expansion::Ref scores, PostTransform transform);
[[nodiscard]] Result<PostTransform> post_transform_of(const OpView& op);

// s [N,1] as [N,2]: (-s, s), or its sigmoids; with `votes` (1 - s, s).
enum class SecondClass : std::uint8_t { margin, logistic, votes };
[[nodiscard]] Expansion::Ref add_second_class(Expansion& expansion, Expansion::Ref score, SecondClass kind);

}  // namespace mote::ops
