// The certificate's bound on rounding, against the real results of the same levels and the same weights.
#include <catch2/catch.hpp>

#include "lib/ops/certificate.hpp"
#include "tests/passes/between_grids.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// What single precision and weights that lie on levels only to within a float's rounding add to the real result.
constexpr double float_slack = 2e-3;

Graph realized(const Graph& graph) {
  const Pass* realize = find_pass("realize-integers");
  const Target target{};
  auto integer = run_passes({realize, 1}, graph, {.target = target});
  INFO((integer ? std::string() : render(integer.error())));
  REQUIRE(integer);
  return *std::move(integer);
}

// The largest distance of an integer result from the real one, limited to the grid, in levels.
double farthest(const Quantized& quantized, const Graph& integer) {
  Graph real = quantized.graph;
  real.outputs = {real.nodes.back().inputs[0]};
  const Grid& grid = quantized.output;
  double worst = 0.0;
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    const auto inputs = random_inputs(real, seed);
    const std::vector<double> exact = (*interpret(real, inputs))[0].to_reals();
    const std::vector<double> found = (*interpret(integer, inputs))[0].to_reals();
    for (std::size_t i = 0; i < exact.size(); ++i)
      worst = std::max(worst, std::abs(std::clamp(exact[i], grid.low(), grid.high()) - found[i]) /
                                  static_cast<double>(grid.scale));
  }
  return worst;
}

// Behind it nothing but clamps may follow.
const IntegerBounds& last_rounded(const IntegerCertificate& certificate) {
  const auto rounds = [](const CertifiedNode& node) { return node.bounds.output_rounding > 0.0; };
  const auto found = std::find_if(certificate.nodes.rbegin(), certificate.nodes.rend(), rounds);
  REQUIRE(found != certificate.nodes.rend());
  return found->bounds;
}

struct Checked {
  int graphs = 0;
  double tightest = 0.0;  // the largest share of a bound that some result used up
};

Checked check_operator(std::string_view name) {
  Checked checked;
  Rng rng(23);
  const OpDef* op = find_op(name);
  REQUIRE(op != nullptr);
  for (int round = 0; round < 60; ++round) {
    Sample sample = op->sample(rng);
    if (sample.inputs[0].type.dtype != DType::f32 || sample.inputs[0].type.shape.elements() == 0) continue;
    put_weights_on_levels(sample);
    auto plain = single_node(*op, sample);
    REQUIRE(plain);
    const Ends ends = ends_of(*plain, static_cast<std::uint64_t>(round) * 10);
    if (!std::isfinite(ends.low) || !std::isfinite(ends.high) || ends.high - ends.low < 1e-3) continue;
    const Quantized quantized = between_grids(*plain, rng, ends);
    const Graph integer = realized(quantized.graph);
    const IntegerCertificate certificate = certify(integer);
    REQUIRE_FALSE(certificate.empty());
    INFO(print(integer, ConstantText::omitted));
    const IntegerBounds& bounds = last_rounded(certificate);
    const double worst = farthest(quantized, integer);
    CHECK(worst <= bounds.rounding() + float_slack);
    CHECK(bounds.rounding() >= 0.5);
    checked.tightest = std::max(checked.tightest, worst / bounds.rounding());
    ++checked.graphs;
  }
  return checked;
}

}  // namespace

TEST_CASE("No integer result is farther from the real one than certified, and the bound is not idle", "[certificate]") {
  for (const char* name : {"Conv2d", "DepthwiseConv2d", "Dense", "Add", "Sub", "Mul", "MatMul", "AveragePool2d",
                           "ReduceMean", "Softmax", "Sigmoid", "Tanh"}) {
    INFO(name);
    const Checked checked = check_operator(name);
    CHECK(checked.graphs > 5);
    CHECK(checked.tightest > 0.8);
  }
}

TEST_CASE("A graph of real numbers has no certificate", "[certificate]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
%y = Dense(%x, @w) : f32[2x4]
output %y
)");
  CHECK(certify(graph).empty());
}

TEST_CASE("Realized levels say what they stand for", "[certificate]") {
  Rng rng(3);
  auto plain = single_node(*find_op("Dense"), find_op("Dense")->sample(rng));
  REQUIRE(plain);
  const Quantized quantized = between_grids(*plain, rng, ends_of(*plain, 1));
  const Graph integer = realized(quantized.graph);
  const auto product = std::ranges::find_if(
      integer.nodes, [](const Node& node) { return node.op->name == "QuantizedDense"; });
  REQUIRE(product != integer.nodes.end());
  const auto& meaning = integer.at(product->outputs[0]).type.quant;
  REQUIRE(meaning);
  CHECK(meaning->scale == std::vector<float>{quantized.output.scale});
  CHECK(meaning->zero_point == std::vector<std::int32_t>{quantized.output.zero_point});
}
