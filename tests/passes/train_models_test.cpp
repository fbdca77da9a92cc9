// Whether real networks can be trained, whoever exported them. Needs the models beside the project; skips by name
// without them.
#include <cmath>
#include <filesystem>

#include "lib/exec/gradient.hpp"
#include "lib/import/onnx_import.hpp"
#include "passes/distill/distillation.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const char* const networks[] = {"kws_nchw_bn", "kws_nhwc_tf2onnx", "ic_nchw_bn", "vww_nchw_bn_padnodes",
                                "sww_1d_bn",   "sww_nhwc_tf2onnx", "ad_gemm_bn", "ad_matmul_tf2onnx"};

Graph prepared(const std::filesystem::path& file) {
  Result<ImportedModel> model = import_onnx(file.string());
  INFO((model ? std::string() : render(model.error())));
  REQUIRE(model);
  const Target target{};
  const auto passes = standard_pipeline();
  const auto end = std::ranges::find(passes, "equalize", &Pass::name);
  auto graph = run_passes(passes.first(static_cast<std::size_t>(end - passes.begin())), std::move(model->graph),
                          {.target = target});
  REQUIRE(graph);
  return *std::move(graph);
}

// The constants moved by `distance` along `direction`.
Graph moved(Graph graph, const std::vector<ValueId>& variables, const std::vector<Tensor>& direction, double distance) {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    Tensor tensor = graph.constant(variables[i]);
    const std::vector<double> by = direction[i].to_reals();
    for (std::size_t j = 0; j < by.size(); ++j) tensor.as<float>()[j] += static_cast<float>(distance * by[j]);
    graph.at(variables[i]).data = std::make_shared<const Bytes>(std::move(tensor.bytes));
  }
  return graph;
}

// The gradient times the way from one graph's constants to another's.
double product_along(const std::vector<ValueId>& variables, const std::vector<Tensor>& gradients, const Graph& from,
                     const Graph& to) {
  double sum = 0.0;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::vector<double> gradient = gradients[i].to_reals();
    const std::vector<double> begin = from.constant(variables[i]).to_reals(),
                              end = to.constant(variables[i]).to_reals();
    for (std::size_t j = 0; j < gradient.size(); ++j) sum += gradient[j] * (end[j] - begin[j]);
  }
  return sum;
}

double loss_of(const Graph& graph, const std::vector<Tensor>& inputs) {
  return (*interpret(graph, inputs, Precision::reference)).front().to_reals().front();
}

}  // namespace

TEST_CASE("the loss of a real network falls along its gradient as fast as the gradient says") {
  const std::filesystem::path folder = "../shared/models/mlperf_tiny";
  if (!std::filesystem::is_directory(folder)) {
    WARN("skipped: no ../shared/models/mlperf_tiny");
    return;
  }
  for (const char* network : networks) {
    INFO(network);
    const Graph teacher = prepared(folder / (std::string(network) + ".onnx"));
    Graph student = teacher;
    draw_initial_weights(student, 4);
    const auto features = fit_features(student, teacher, feature_pairs(student, teacher), 2,
                                       [&](std::int64_t i) -> Result<std::vector<Tensor>> {
                                         return random_inputs(teacher, static_cast<std::uint32_t>(7 + i));
                                       });
    REQUIRE(features);
    CHECK(features->size() >= 4);
    const auto parts = distillation(student, teacher, {.features = *features});
    REQUIRE(parts);
    const auto differentiated = differentiate(parts->graph, parts->graph.outputs[0], parts->variables);
    INFO((differentiated ? std::string() : render(differentiated.error())));
    REQUIRE(differentiated);
    const std::vector<Tensor> inputs = random_inputs(parts->graph, 6);
    auto results = *interpret(*differentiated, inputs, Precision::reference);
    const double loss = results.front().to_reals().front();
    results.erase(results.begin(), results.begin() + 2);
    double square = 0.0;
    for (const Tensor& gradient : results)
      for (const double value : gradient.to_reals()) square += value * value;
    REQUIRE(square > 0.0);
    // So short a step that hardly a kink lies on its way; weights round, so the way is taken as it came out.
    const double distance = 1e-5 * loss / square;
    const Graph ahead = moved(parts->graph, parts->variables, results, distance);
    const Graph behind = moved(parts->graph, parts->variables, results, -distance);
    const double expected = product_along(parts->variables, results, behind, ahead);
    CHECK(expected > 0.0);
    CHECK(loss_of(ahead, inputs) - loss_of(behind, inputs) == Approx(expected).epsilon(0.005));
  }
}
