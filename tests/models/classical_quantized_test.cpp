// Linear models, support vector machines and perceptrons in integers: calibrated on one half of their test sets, they must
// answer like the real model on the other. Needs the models beside the project; skips by name without them.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/quantize/options.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/forest.hpp"

using namespace mote;
using namespace mote::test;

namespace {

struct Case {
  const char* name;
  double least_agreement;
};
constexpr Case cases[] = {{"cancer_linsvc", 0.98},   {"cancer_logreg", 0.98}, {"cancer_svc_poly", 0.98}, {"cancer_svc_rbf", 0.98},
                          {"digits_logreg", 0.99},   {"digits_mlp32", 0.99},  {"har_logreg", 0.99},      {"hmp_logreg", 0.95},
                          {"hmp_mlp48x24", 0.95},    {"wine_logreg_ovr", 1.0}, {"wine_svc_rbf", 1.0}};

Tensor row_of(const Tensor& rows, std::int64_t row) {
  Tensor one = Tensor::zeros(rows.dtype, *Shape::make({1, rows.shape[1]}));
  std::copy_n(rows.bytes.begin() + row * static_cast<std::int64_t>(one.bytes.size()), one.bytes.size(), one.bytes.begin());
  return one;
}

// The products and kernels; only the scaling of the features in front and probabilities behind may stay real.
bool is_real_arithmetic(const Node& node) {
  constexpr std::array<std::string_view, 3> operators{"Dense", "RadialKernel", "SquaredDistance"};
  return std::ranges::find(operators, node.op->name) != operators.end();
}

std::string check(const Case& one) {
  const fs::path shared = shared_folder();
  const std::string name = one.name;
  const Forest model{name, shared / "models" / "trees" / (name + ".onnx"), shared / "golden" / "trees" / name};
  const Loaded all = load(model), single = load(model, 1);
  const Tensor& rows = all.inputs[0];
  const std::int64_t half = rows.shape[0] / 2;
  const QuantizeOptions options{
      .samples = {.count = half, .sample = [rows](std::int64_t i) -> Result<std::vector<Tensor>> { return std::vector{row_of(rows, i)}; }}};
  const auto target = find_target("host");
  const auto integers = run_passes(standard_pipeline(), single.graph, {.target = *target, .quantize = &options});
  if (!integers) return name + ": " + render(integers.error());
  if (std::ranges::any_of(integers->nodes, is_real_arithmetic)) return name + ": computes in real numbers";
  const std::vector<std::int64_t> labels = all.outputs[0].to_integers();
  std::int64_t equal = 0;
  for (std::int64_t row = half; row < rows.shape[0]; ++row) {
    const auto found = interpret(*integers, std::vector{row_of(rows, row)});
    expect(bool{found}, name);
    equal += (*found)[0].to_integers()[0] == labels[static_cast<std::size_t>(row)];
  }
  const double agreement = static_cast<double>(equal) / static_cast<double>(rows.shape[0] - half);
  std::printf("%-20s %6.2f %% of %3ld labels in integers are those of the real model\n", one.name, 100.0 * agreement,
              static_cast<long>(rows.shape[0] - half));
  return agreement >= one.least_agreement ? "" : name + ": only " + std::to_string(agreement) + " of the labels agree";
}

}  // namespace

TEST_CASE("classical models answer in integers as in real numbers") {
  if (!shared_present("classical models were not quantized")) return;
  std::vector<std::function<std::string()>> jobs;
  for (const Case& one : cases) jobs.push_back([&one] { return check(one); });
  for (const std::string& problem : run_all(jobs)) FAIL_CHECK(problem);
}
