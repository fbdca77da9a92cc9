// The operators of ai.onnx.ml beside trees, drawn at random with every kernel, transformation and kind of label, against
// ONNX Runtime: labels exactly, scores within 1e-5; as the model has them and after the passes. Needs onnxruntime-node;
// skips by name without it.
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/models/onnxruntime_models.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr int rounds = 60;
// In the order of positions for every list that samples use.
const std::vector<std::vector<std::string>> name_lists{{"no", "yes"}, {"a", "b", "c", "d"}, {"low", "high", "_Unused"}};

// PROBIT ends in the root of a difference of large numbers, so near 0 what is under that root is what is near.
double size_of(double number, bool rooted) { return rooted ? number * std::abs(number) : number; }

bool equal_or_near(double found, double expected, double largest) {
  if (std::isnan(expected)) return std::isnan(found);
  return std::abs(found - expected) <= 1e-5 * std::max({std::abs(expected), largest, 0.1});
}

void compare(const Tensor& found, const Tensor& expected, bool rooted) {
  const std::vector<double> ours = found.to_reals(), theirs = expected.to_reals();
  REQUIRE(found.shape == expected.shape);
  double largest = 0.0;
  for (const double value : theirs)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < ours.size(); ++i) {
    INFO("element " << i << ": " << ours[i] << ", ONNX Runtime has " << theirs[i]);
    if (is_float(expected.dtype))
      CHECK(equal_or_near(size_of(ours[i], rooted), size_of(theirs[i], rooted), largest));
    else
      CHECK(ours[i] == theirs[i]);
  }
}

void compare_all(const Graph& graph, const std::vector<Tensor>& operands, const std::vector<Tensor>& expected,
                 bool rooted) {
  const auto found = interpret(graph, operands);
  REQUIRE(found);
  for (std::size_t i = 0; i < expected.size(); ++i) compare((*found)[i], expected[i], rooted);
}

// Every input an activation, so that ONNX Runtime and the interpreter are given the same.
Instance drawn(const OpDef& op, Sample sample, Rng& rng) {
  std::vector<std::optional<Tensor>> constants;
  for (Sample::Input& input : sample.inputs) {
    constants.push_back(input.constant);
    input.constant.reset();
  }
  Instance instance = instance_of(op, sample, rng);
  for (std::size_t i = 0; i < constants.size(); ++i)
    if (constants[i]) instance.operands[i] = *constants[i];
  const bool takes_nan = op.name == "Imputer" || op.name == "LabelEncoder";
  if (takes_nan && instance.operands[0].dtype == DType::f32) instance.operands[0].as<float>()[0] = std::nanf("");
  return instance;
}

const std::vector<std::string>& names_of(const Instance& instance) {
  const Attrs& attrs = instance.graph.nodes.front().attrs;
  if (attrs.contains("values_strings") || attrs.contains("cats_strings")) return name_lists[2];
  const auto named = attrs.find("classlabels_strings");
  return named != attrs.end() && std::get<std::string>(named->second).starts_with("no") ? name_lists[0] : name_lists[1];
}

// How many of the instances ONNX Runtime accepts.
int check(const std::vector<Instance>& instances) {
  int compared = 0;
  for (const std::vector<std::string>& names : name_lists) {
    std::vector<ModelRun> runs;
    std::vector<const Instance*> chosen;
    for (const Instance& instance : instances) {
      if (&names_of(instance) != &names) continue;
      chosen.push_back(&instance);
      runs.push_back({onnx_of(instance.graph, 4), instance.operands});
    }
    std::vector<std::string> refusals;
    const auto results = run_onnxruntime(runs, names, refusals);
    for (const std::string& refusal : refusals) UNSCOPED_INFO(refusal);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!results[i]) continue;
      INFO(chosen[i]->graph.nodes.front().op->name << " " << i);
      const Attrs& attrs = chosen[i]->graph.nodes.front().attrs;
      const auto transform = attrs.find("post_transform");
      const bool rooted = transform != attrs.end() && std::get<std::string>(transform->second) == "PROBIT";
      INFO((transform == attrs.end() ? "" : std::get<std::string>(transform->second)));
      compare_all(chosen[i]->graph, chosen[i]->operands, *results[i], rooted);
      const auto lowered = run_passes(standard_pipeline(), chosen[i]->graph, {.target = *find_target("host")});
      REQUIRE(lowered);
      compare_all(*lowered, chosen[i]->operands, *results[i], rooted);
      ++compared;
    }
  }
  return compared;
}

// PROBIT of probabilities, which samplers leave out: of other numbers it is none.
void vary(Rng& rng, Sample& sample) {
  if (!sample.attrs.contains("intercepts") || !rng.chance(5)) return;
  sample.attrs["post_transform"] = std::string("PROBIT");
  for (float& value : std::get<std::vector<float>>(sample.attrs["coefficients"])) value *= 0.02F;
  for (float& value : std::get<std::vector<float>>(sample.attrs["intercepts"])) value = 0.4F + 0.1F * value;
}

}  // namespace

TEST_CASE("random models of ai.onnx.ml give ONNX Runtime's labels and scores") {
  if (!onnxruntime_present("random models were not compared with its outputs")) return;
  for (const std::string op : {"ArrayFeatureExtractor", "Binarizer", "CategoryMapper", "FeatureVectorizer", "Imputer", "LabelEncoder",
                               "LinearClassifier", "LinearRegressor", "Normalizer", "OneHotEncoder", "SVMClassifier",
                               "SVMRegressor", "Scaler"}) {
    Rng rng(20);
    std::vector<Instance> instances;
    for (int round = 0; round < rounds; ++round) {
      Sample sample = find_op(op)->sample(rng);
      vary(rng, sample);
      // One score of two classes has no PROBIT here: half of its result is left unset.
      if (!single_node(*find_op(op), sample)) continue;
      instances.push_back(drawn(*find_op(op), std::move(sample), rng));
    }
    INFO(op);
    const int compared = check(instances);
    std::printf("%-24s %3d of %3d models compared with ONNX Runtime\n", op.c_str(), compared, rounds);
    CHECK(compared >= rounds / 3);
  }
}
