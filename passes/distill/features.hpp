#pragma once
#include <functional>

#include "lib/ir/graph.hpp"
#include "lib/quant/linear_map.hpp"
#include "lib/support/result.hpp"

namespace mote {

// What a student should know on the way to its outputs: a value of the teacher, and the value of its own from which a
// linear map over channels is to give it. Hints (Romero et al. 2015, arXiv:1412.6550) at every layer: a sample tells as
// much as the teacher has channels and pixels, not only as its few outputs do.
struct FeaturePair {
  ValueId student{}, teacher{};
};
struct Feature {
  FeaturePair pair{};
  LinearMap map{};        // best for the student as it begins; it is learned with it, and dropped in the end
  double variance = 0.0;  // of the teacher's value, in which errors count
};

// Results of products with the same extents but for channels, those left out that give the outputs or, without a clamp,
// are halves of products of less rank: one beside the
// other in order where both graphs have as many of these extents, else the last of them. Both at Stage::fused.
[[nodiscard]] std::vector<FeaturePair> feature_pairs(const Graph& student, const Graph& teacher);

// The inputs of sample 0, 1, …
using SampleInputs = std::function<Result<std::vector<Tensor>>(std::int64_t)>;

// Without pairs whose teacher always gives the same. Errors: those of samples.
[[nodiscard]] Result<std::vector<Feature>> fit_features(const Graph& student, const Graph& teacher,
                                                        const std::vector<FeaturePair>& pairs, std::int64_t samples,
                                                        const SampleInputs& inputs_of);

}  // namespace mote
