#include "tools/evaluation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "lib/ir/array_file.hpp"
#include "tools/eval_gates.hpp"
#include "tools/temporary_folder.hpp"

using namespace mote;
using Catch::Contains;

namespace {

// A model with one input of two numbers; only its types are used here.
Graph pair_model() {
  Graph graph;
  const TensorType type{DType::f32, *Shape::make({1, 2}), {}};
  graph.inputs.push_back(graph.add_value("x", type));
  graph.outputs.push_back(graph.add_value("y", type));
  return graph;
}

// 150 samples (0, 0), (1, -1), (2, -2), …: more than two batches.
DataSet rows(const TemporaryFolder& folder) {
  Tensor data = Tensor::zeros(DType::f32, *Shape::make({150, 2}));
  for (std::size_t i = 0; i < 300; ++i) data.as<float>()[i] = static_cast<float>(i / 2) * (i % 2 == 0 ? 1.0F : -1.0F);
  const std::string file = (folder.path() / "rows.npy").string();
  const Bytes bytes = npy_bytes(data);
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  const auto set = DataSet::open({.sources = {file}, .preprocess = {}, .rows = {}}, pair_model());
  REQUIRE(set);
  return *set;
}

using Answer = std::function<std::vector<float>(float first)>;

Candidate answering(std::string name, const Answer& answer) {
  return {std::move(name), [answer](std::span<const TensorList> samples) -> Result<std::vector<TensorList>> {
            std::vector<TensorList> all;
            for (const TensorList& sample : samples) {
              const std::vector<float> values = answer(sample[0].as<float>()[0]);
              Tensor output = Tensor::zeros(DType::f32, *Shape::make({1, static_cast<std::int64_t>(values.size())}));
              std::copy(values.begin(), values.end(), output.as<float>().begin());
              all.push_back({std::move(output)});
            }
            return all;
          }};
}

// Says class 1 for odd samples, except at `mistake`.
Answer parity(float mistake) {
  return [mistake](float first) {
    const bool odd = static_cast<int>(first) % 2 == 1;
    return odd != (first == mistake) ? std::vector<float>{0.25F, 0.75F} : std::vector<float>{0.75F, 0.25F};
  };
}

Labels parity_labels() {
  Labels labels{.task = Task::classification, .classes = {}, .values = {}, .elements = 1};
  for (std::int64_t i = 0; i < 150; ++i) labels.classes.push_back(i % 2);
  return labels;
}

std::vector<CandidateResult> evaluated(const std::vector<Candidate>& candidates, const EvaluationOptions& options) {
  const auto folder = TemporaryFolder::make();
  REQUIRE(folder);
  const auto results = evaluate(rows(*folder), candidates, options);
  if (!results) FAIL(render(results.error()));
  return *results;
}

double value_of(const std::vector<Metric>& metrics, const std::string& name) {
  for (const Metric& metric : metrics)
    if (metric.name == name && metric.estimate) return metric.estimate->value;
  FAIL("no metric " << name);
  return 0;
}

const std::vector<Candidate> right_and_wrong{answering("float", parity(-1)), answering("drop", parity(101))};

}  // namespace

TEST_CASE("candidates stand side by side; samples that flipped are named across batches") {
  const auto results = evaluated(right_and_wrong, {.labels = parity_labels(), .slicings = {}});
  REQUIRE(results.size() == 2);
  CHECK(value_of(results[0].metrics, "accuracy") == 1);
  CHECK(value_of(results[1].metrics, "accuracy") == Approx(149.0 / 150));
  CHECK(results[0].flips.empty());
  REQUIRE(results[1].flips.size() == 1);
  CHECK(results[1].flips[0].row == 101);
  CHECK(results[1].flips[0].reference == 1);
  CHECK(results[1].flips[0].answer == 0);
  CHECK(value_of(results[1].against_reference, "agreement") == Approx(149.0 / 150));
  CHECK(results[1].confusion->at(1, 0) == 1);
}

TEST_CASE("slices tell where the mistake lies") {
  Slicing halves{.column = "half", .values = {}};
  for (int i = 0; i < 150; ++i) halves.values.push_back(i < 100 ? "first" : "second");
  const auto results = evaluated(right_and_wrong, {.labels = parity_labels(), .slicings = {halves}});
  REQUIRE(results[1].slices.size() == 2);
  CHECK(value_of(results[1].slices[0].metrics, "accuracy") == 1);
  CHECK(results[1].slices[1].value == "second");
  CHECK(results[1].slices[1].samples == 50);
  CHECK(value_of(results[1].slices[1].metrics, "accuracy") == Approx(0.98));
}

TEST_CASE("without labels candidates are only compared with the reference") {
  const auto results = evaluated(right_and_wrong, {});
  CHECK(results[1].metrics.empty());
  // One of 150 outputs is swapped: its cosine is 0.6, its mean squared difference 0.25.
  CHECK(value_of(results[1].against_reference, "cosine") == Approx((149 + 0.6) / 150));
  CHECK(value_of(results[1].against_reference, "rmse_to_float") == Approx(std::sqrt(0.25 / 150)));
}

TEST_CASE("numbers are predicted against labels of the same size") {
  Labels labels{.task = Task::regression, .classes = {}, .values = {}, .elements = 1};
  for (int i = 0; i < 150; ++i) labels.values.push_back(i);
  const std::vector<Candidate> off_by_two{answering("float", [](float first) { return std::vector<float>{first + 2}; })};
  const auto results = evaluated(off_by_two, {.labels = labels, .slicings = {}, .classes = false});
  CHECK(value_of(results[0].metrics, "rmse") == Approx(2));
  CHECK(value_of(results[0].metrics, "mae") == Approx(2));
  CHECK(value_of(results[0].metrics, "r2") == Approx(1 - 4 / 1874.9167).epsilon(1e-6));

  const auto folder = TemporaryFolder::make();
  const auto mismatch = evaluate(rows(*folder), right_and_wrong, {.labels = labels, .slicings = {}, .classes = false});
  REQUIRE_FALSE(mismatch);
  CHECK_THAT(mismatch.error().message, Contains("gives 2 numbers"));
}

TEST_CASE("gates judge the drop, not the float model, and name found and demanded") {
  const auto results = evaluated(right_and_wrong, {.labels = parity_labels(), .slicings = {}});
  const auto judged = [&](const GateOptions& options) {
    const auto gates = parse_gates(options);
    REQUIRE(gates);
    Diagnostics failures;
    REQUIRE(check_gates(*gates, results, failures));
    return failures;
  };
  CHECK(judged({.least = {"accuracy=0.99"}, .most = {"rmse_to_float=0.1"}, .drop = "0.01"}).empty());
  const Diagnostics failures = judged({.least = {"accuracy=0.999"}, .most = {}, .drop = "0.005"});
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].code == Code::gate_failed);
  CHECK_THAT(failures[0].message, Contains("drop: accuracy is 0.99333") && Contains("at least 0.999"));
  CHECK_THAT(failures[1].message, Contains("drop of accuracy is 0.00666") && Contains("at most 0.005"));
}

TEST_CASE("a gate on nothing is wrong use") {
  const auto results = evaluated(right_and_wrong, {});
  Diagnostics failures;
  CHECK_FALSE(check_gates(*parse_gates({.least = {"accuracy=0.9"}, .most = {}, .drop = {}}), results, failures));
  CHECK_FALSE(parse_gates({.least = {"accuracy"}, .most = {}, .drop = {}}));
  CHECK_FALSE(parse_gates({.least = {}, .most = {}, .drop = "f1=x"}));
}
