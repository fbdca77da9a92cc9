// Models that exporters write with ordinary operators: the graphs as they come, against the formulas of the methods.
// Their code gives the interpreter's bits.
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Rows = std::vector<std::vector<double>>;

struct Model {
  Graph graph;
  Rows points;  // the constant @p
};

Model model(const std::string& text) {
  auto graph = parse(text);
  INFO((graph ? std::string() : graph.error().message));
  REQUIRE(graph);
  Rows points;
  for (const Value& value : graph->values) {
    if (value.name != "p") continue;
    const std::vector<double> all = Tensor{.dtype = value.type.dtype, .shape = value.type.shape, .bytes = *value.data}.to_reals();
    const auto width = static_cast<std::size_t>(value.type.shape[1]);
    for (std::size_t i = 0; i < all.size(); i += width)
      points.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(i), all.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
  return {.graph = *std::move(graph), .points = std::move(points)};
}

Tensor sample(Rng& rng, const Graph& graph) {
  Tensor x = Tensor::zeros(DType::f32, graph.at(graph.inputs[0]).type.shape);
  for (float& value : x.as<float>()) value = rng.real(-1.5F, 1.5F);
  return x;
}

// `check(x, outputs)` for samples, in the interpreter after the passes; then the emitted code on the same samples.
void check_model(const Graph& graph, const std::function<void(const std::vector<double>&, const std::vector<Tensor>&)>& check) {
  Rng rng(5);
  const auto target = find_target("host");
  const auto compiled = run_passes(standard_pipeline(), graph, {.target = *target});
  INFO((compiled ? std::string() : render(compiled.error())));
  REQUIRE(compiled);
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 12; ++i) {
    samples.push_back({sample(rng, graph)});
    const auto outputs = interpret(*compiled, samples.back());
    REQUIRE(outputs);
    check(samples.back()[0].to_reals(), *outputs);
  }
  const auto drop = drop_of(graph, *target, samples);
  REQUIRE(drop);
  CHECK(build_and_run(*drop) == "");
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

TEST_CASE("k-means: distances by their expanded square, the nearest centre and all distances") {
  const Model kmeans = model(R"(graph ""
input %x : f32[1x3]
constant @p : f32[4x3] = random 1
%pp = Mul(@p, @p) : f32[4x3]
%norms = ReduceSum(%pp) {axes=[1], keepdims=0} : f32[4]
%xx = ReduceSumSquare(%x) {axes=[1]} : f32[1x1]
%products = Gemm(%x, @p, %norms) {alpha=-2.0, transB=1} : f32[1x4]
%squares = Add(%xx, %products) : f32[1x4]
%label = ArgMin(%squares) {axis=1, keepdims=0} : s64[1]
%zero = Relu(%squares) : f32[1x4]
%distances = Sqrt(%zero) : f32[1x4]
output %label, %distances
)");
  check_model(kmeans.graph, [&](const std::vector<double>& x, const std::vector<Tensor>& y) {
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double distance = squared_distance(x, kmeans.points[i]);
      CHECK(y[1].to_reals()[i] * y[1].to_reals()[i] == Approx(distance).margin(1e-5));
      if (distance < squared_distance(x, kmeans.points[nearest])) nearest = i;
    }
    CHECK(y[0].to_integers()[0] == static_cast<std::int64_t>(nearest));
  });
}

TEST_CASE("k nearest neighbours: distances, the k smallest, their labels, the class with the most votes") {
  const Model neighbours = model(R"(graph ""
input %x : f32[1x2]
constant @p : f32[9x2] = random 3
constant @labels : s64[9] = [0, 1, 2, 0, 1, 2, 0, 1, 2]
constant @classes : s64[3x1] = [0, 1, 2]
constant @names : s64[3] = [10, 20, 30]
%distances = CDist(%x, @p) {metric="sqeuclidean"} : f32[1x9]
%near, %positions = TopK(%distances) {axis=1, k=[3], largest=0, sorted=1} : f32[1x3], s64[1x3]
%found = ArrayFeatureExtractor(@labels, %positions) : s64[1x3]
%equal = Equal(%found, @classes) : bool[3x3]
%marks = Cast(%equal) {to=1} : f32[3x3]
%votes = ReduceSum(%marks) {axes=[1], keepdims=0} : f32[3]
%best = ArgMax(%votes) {axis=0, keepdims=1} : s64[1]
%label = ArrayFeatureExtractor(@names, %best) : s64[1x1]
output %label
)");
  check_model(neighbours.graph, [&](const std::vector<double>& x, const std::vector<Tensor>& y) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < 9; ++i) order.emplace_back(squared_distance(x, neighbours.points[i]), i);
    std::ranges::sort(order);
    std::vector<int> votes(3, 0);
    for (std::size_t i = 0; i < 3; ++i) ++votes[order[i].second % 3];
    CHECK(y[0].to_integers()[0] == 10 * (std::ranges::max_element(votes) - votes.begin() + 1));
  });
}

TEST_CASE("naive Bayes of normal variables: logarithms of densities, normalised by their exponentials' sum") {
  const Model bayes = model(R"(graph ""
input %x : f32[1x2]
constant @p : f32[3x2] = random 6
constant @variances : f32[1x3x2] = [0.5, 1.0, 0.8, 0.3, 1.5, 0.7]
constant @priors : f32[3] = [-1.2, -0.9, -1.3]
constant @half : f32[] = [0.5]
%rows = Reshape(%x) {shape=[1,1,2]} : f32[1x1x2]
%centres = Reshape(@p) {shape=[1,3,2]} : f32[1x3x2]
%d = Sub(%rows, %centres) : f32[1x3x2]
%dd = Mul(%d, %d) : f32[1x3x2]
%ratio = Div(%dd, @variances) : f32[1x3x2]
%sums = ReduceSum(%ratio) {axes=[2], keepdims=0} : f32[1x3]
%halved = Mul(%sums, @half) : f32[1x3]
%joint = Sub(@priors, %halved) : f32[1x3]
%label = ArgMax(%joint) {axis=1, keepdims=0} : s64[1]
%total = ReduceLogSumExp(%joint) {axes=[1]} : f32[1x1]
%logarithms = Sub(%joint, %total) : f32[1x3]
%probabilities = Exp(%logarithms) : f32[1x3]
output %label, %probabilities
)");
  const std::vector<double> variances{0.5, 1.0, 0.8, 0.3, 1.5, 0.7}, priors{-1.2, -0.9, -1.3};
  check_model(bayes.graph, [&](const std::vector<double>& x, const std::vector<Tensor>& y) {
    std::vector<double> joint;
    double total = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      double logarithm = priors[c];
      for (std::size_t f = 0; f < 2; ++f)
        logarithm -= 0.5 * (x[f] - bayes.points[c][f]) * (x[f] - bayes.points[c][f]) / variances[2 * c + f];
      joint.push_back(std::exp(logarithm));
      total += joint.back();
    }
    for (std::size_t c = 0; c < 3; ++c) CHECK(y[1].to_reals()[c] == Approx(joint[c] / total).epsilon(1e-5));
    CHECK(y[0].to_integers()[0] == std::ranges::max_element(joint) - joint.begin());
  });
}
