#include <catch2/catch.hpp>
#include <cmath>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Rounding of single precision, relative to the largest magnitude of the tensor: the sums of a sample are short.
constexpr double float_tolerance = 4e-5;

double largest_magnitude(const std::vector<double>& values) {
  double largest = 1.0;
  for (const double value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(value));
  return largest;
}

// Quantizing operators round: on a tie the two precisions may step to neighbouring integers.
double tolerance_for(const OpDef& op, const Tensor& single, const std::vector<double>& expected) {
  if (is_float(single.dtype)) return float_tolerance * largest_magnitude(expected);
  return op.name == "QuantizeLinear" || op.name == "DynamicQuantizeLinear" ? 1.0 : 0.0;
}

std::size_t count_distant(const Tensor& single, const Tensor& reference, double tolerance) {
  const std::vector<double> given = single.to_reals(), expected = reference.to_reals();
  std::size_t distant = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool both_nan = std::isnan(given[i]) && std::isnan(expected[i]);
    const bool equal = given[i] == expected[i] || both_nan;
    distant += equal || std::fabs(given[i] - expected[i]) <= tolerance ? 0U : 1U;
  }
  return distant;
}

}  // namespace

TEST_CASE("every operator computes the same in single and in double precision, up to rounding") {
  Rng rng(2024);
  for (const OpDef* op : all_ops()) {
    for (int round = 0; round < 20; ++round) {
      INFO(op->name << ", sample " << round);
      const Instance instance = draw(*op, rng);
      const auto single = evaluate(instance.graph, instance.operands);
      const auto reference = evaluate(instance.graph, instance.operands, Precision::reference);
      REQUIRE(single.size() == reference.size());
      for (std::size_t i = 0; i < single.size(); ++i) {
        REQUIRE(single[i].shape == instance.graph.at(instance.graph.outputs[i]).type.shape);
        REQUIRE(single[i].shape == reference[i].shape);
        const double tolerance = tolerance_for(*op, single[i], reference[i].to_reals());
        CHECK(count_distant(single[i], reference[i], tolerance) == 0);
      }
    }
  }
}
