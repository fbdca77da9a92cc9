// Every forest on random rows: thresholds themselves, their neighbours, NaN of either sign, infinities, -0. The emitted
// code gives the interpreter's bits in both forms, and the labels of the reference walk through the model's own nodes.
// MOTE_TREE_ROWS sets the number of rows per forest (100000 for the long run).
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "lib/import/onnx_import.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/order_key.hpp"
#include "lib/ops/support/tree_ensemble.hpp"
#include "lib/support/rng.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/forest.hpp"
#include "tests/models/row_program.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::int64_t rows_per_forest() {
  const char* chosen = std::getenv("MOTE_TREE_ROWS");
  return chosen == nullptr ? 500 : std::atoll(chosen);
}

// By feature: the thresholds that decisions compare it with.
std::vector<std::vector<double>> thresholds_of(const Graph& graph, std::size_t features) {
  std::vector<std::vector<double>> thresholds(features, std::vector<double>{0.0});
  for (const Node& node : graph.nodes) {
    if (!node.op->name.starts_with("TreeEnsemble")) continue;
    const auto ensemble = ops::tree_ensemble_of({graph, node});
    for (const ops::TreeNode& one : ensemble->nodes)
      if (one.test != ops::TreeTest::leaf) thresholds[one.feature].push_back(one.threshold);
  }
  return thresholds;
}

template <class T>
T special(Rng& rng) {
  const T nan = std::numeric_limits<T>::quiet_NaN(), infinity = std::numeric_limits<T>::infinity();
  const T values[] = {nan, -nan, infinity, -infinity, T{-0.0F}, T{0}, std::numeric_limits<T>::denorm_min()};
  return values[rng.integer(0, 6)];
}

template <class T>
T feature_value(Rng& rng, const std::vector<double>& thresholds) {
  if (rng.chance(12)) return special<T>(rng);
  const auto any = [&] { return thresholds[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(thresholds.size()) - 1))]; };
  const T threshold = static_cast<T>(any());
  switch (rng.integer(0, 3)) {
    case 0: return threshold;
    case 1: return std::nextafter(threshold, std::numeric_limits<T>::infinity());
    case 2: return std::nextafter(threshold, -std::numeric_limits<T>::infinity());
    default: return static_cast<T>(0.5 * (any() + any()));
  }
}

Tensor random_rows(const TensorType& type, const std::vector<std::vector<double>>& thresholds) {
  Rng rng(4711);
  Tensor rows = Tensor::zeros(type.dtype, type.shape);
  const auto fill = [&]<class T>() {
    const auto values = rows.as<T>();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = feature_value<T>(rng, thresholds[i % thresholds.size()]);
  };
  if (type.dtype == DType::f64)
    fill.template operator()<double>();
  else
    fill.template operator()<float>();
  return rows;
}

Graph imported(const Forest& forest, std::int64_t rows) {
  const auto single = import_onnx(forest.model.string());
  expect(bool{single}, forest.name);
  const Value& input = single->graph.at(single->graph.inputs[0]);
  ImportOptions options;
  options.shapes[input.name] = {rows, input.type.shape[input.type.shape.rank() - 1]};
  auto model = import_onnx(forest.model.string(), options);
  expect(bool{model}, forest.name + ": " + (model ? "" : render(model.error())));
  return std::move(model->graph);
}

// The interpreter's outputs in the order in which a program writes them: row after row.
Bytes by_row(const std::vector<Tensor>& outputs, std::int64_t rows) {
  Bytes bytes;
  for (std::int64_t row = 0; row < rows; ++row)
    for (const Tensor& output : outputs) {
      const auto size = static_cast<std::ptrdiff_t>(output.bytes.size()) / rows;
      bytes.insert(bytes.end(), output.bytes.begin() + row * size, output.bytes.begin() + (row + 1) * size);
    }
  return bytes;
}

std::string first_difference(const std::string& what, const Bytes& found, const Bytes& expected, std::int64_t rows) {
  if (found == expected) return {};
  if (found.size() != expected.size()) return what + ": another number of bytes";
  const auto at = std::ranges::mismatch(found, expected).in1 - found.begin();
  return what + ": differs first in row " + std::to_string(at / (static_cast<std::ptrdiff_t>(expected.size()) / rows));
}

// What a caller of an interface of ranks hands over: how many thresholds of its column each feature is above.
Bytes ranks_of(const Graph& compiled, const Tensor& rows) {
  const auto trees = std::ranges::find_if(compiled.nodes, [](const Node& node) { return node.attrs.contains("rank_keys"); });
  const OpView op{compiled, *trees};
  const auto &which = op.integers("rank_features"), &starts = op.integers("rank_starts"), &keys = op.integers("rank_keys");
  const bool some_low = op.has("rank_missing_is_low");
  const auto features = static_cast<std::size_t>(rows.shape[1]), count = static_cast<std::size_t>(rows.shape[0]);
  Tensor ranks = Tensor::zeros(op.in(0).dtype, *Shape::make({rows.shape[0], static_cast<std::int64_t>(which.size())}));
  visit_dtype(ranks.dtype, [&]<class R>() {
    if constexpr (std::is_same_v<R, std::uint8_t> || std::is_same_v<R, std::uint16_t>)
      for (std::size_t i = 0; i < count * which.size(); ++i) {
        const std::size_t c = i % which.size();
        const float value = rows.as<float>()[i / which.size() * features + static_cast<std::size_t>(which[c])];
        std::int64_t rank = 0;
        for (auto k = static_cast<std::size_t>(starts[c]); k < static_cast<std::size_t>(starts[c + 1]); ++k)
          if (!(value <= ops::value_of_key(static_cast<std::int32_t>(keys[k])))) ++rank;
        if (std::isnan(value) && some_low && op.integers("rank_missing_is_low")[c] != 0) rank = 0;
        ranks.as<R>()[i] = static_cast<R>(rank);
      }
  });
  return ranks.bytes;
}

// Labels alone, from features or their ranks, for a core without floating point: the reference's labels.
std::string check_labels(const Forest& forest, Graph one, const Tensor& rows, const Tensor& labels) {
  const auto target = find_target("stm32f091rc");
  one.outputs.resize(1);
  for (const Optimize optimize : {Optimize::size, Optimize::speed})
    for (const bool by_rank : {false, true}) {
      const std::string what = forest.name + (optimize == Optimize::size ? ", labels by packed trees" : ", labels by branches") +
                               (by_rank ? " from ranks" : "");
      const auto compiled = run_passes(standard_pipeline(), one, {.target = *target, .optimize = optimize, .rank_inputs = by_rank});
      expect(bool{compiled}, what + (compiled ? "" : render(compiled.error())));
      const auto drop = drop_of(one, *target, {}, optimize, by_rank);
      expect(bool{drop}, what + ": " + (drop ? "" : render(drop.error())));
      const Bytes found = run_on_rows(*drop, *compiled, by_rank ? ranks_of(*compiled, rows) : rows.bytes);
      if (std::string wrong = first_difference(what, found, labels.bytes, rows.shape[0]); !wrong.empty()) return wrong;
    }
  return {};
}

std::string check(const Forest& forest) {
  const std::int64_t count = rows_per_forest();
  const Graph many = imported(forest, count), one = imported(forest, 1);
  const TensorType& type = many.at(many.inputs[0]).type;
  const Tensor rows = random_rows(type, thresholds_of(many, static_cast<std::size_t>(type.shape[1])));
  const auto target = find_target("host");
  const auto reference = interpret(many, std::vector{rows});
  expect(bool{reference}, forest.name);
  for (const Optimize optimize : {Optimize::size, Optimize::speed}) {
    const std::string what = forest.name + (optimize == Optimize::size ? ", packed" : ", branches");
    const auto compiled = run_passes(standard_pipeline(), many, {.target = *target, .optimize = optimize});
    expect(bool{compiled}, what + (compiled ? "" : render(compiled.error())));
    const auto outputs = interpret(*compiled, std::vector{rows});
    expect(bool{outputs}, what);
    // Sums are made in the same order from the same numbers, so that even the scores are equal.
    if (std::string wrong = first_difference(what + " against the reference walk", by_row(*outputs, count), by_row(*reference, count), count); !wrong.empty())
      return wrong;
    const auto drop = drop_of(one, *target, {}, optimize);
    expect(bool{drop}, what + ": " + (drop ? "" : render(drop.error())));
    if (std::string wrong = first_difference(what + " as emitted code", run_on_rows(*drop, one, rows.bytes), by_row(*outputs, count), count); !wrong.empty())
      return wrong;
  }
  const bool labels_alone = one.outputs.size() == 2 && type.dtype == DType::f32 && many.nodes.size() <= 3;
  return labels_alone ? check_labels(forest, one, rows, (*reference)[0]) : std::string{};
}

}  // namespace

TEST_CASE("emitted trees give the interpreter's bits and the reference's labels on random rows") {
  if (!shared_present("tree ensembles were not run on random rows")) return;
  std::vector<std::function<std::string()>> jobs;
  for (const Forest& forest : forests()) jobs.push_back([forest] { return check(forest); });
  CHECK(jobs.size() >= 50);
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

// Two classes where the label does not follow the greater score, by name, because ONNX leaves it open.
TEST_CASE("two classes with weights for both, and exact ties of votes, are decided as ONNX Runtime decides them") {
  if (!shared_present("the two forests with quirks were not run")) return;
  const auto quirk = [](const std::string& name) {
    return Forest{name, shared_folder() / "models" / "trees" / (name + ".onnx"), {}};
  };
  const auto outputs_of = [](const Forest& forest) {
    const Graph graph = imported(forest, 500);
    const TensorType& type = graph.at(graph.inputs[0]).type;
    const Tensor rows = random_rows(type, thresholds_of(graph, static_cast<std::size_t>(type.shape[1])));
    return *interpret(graph, std::vector{rows});
  };
  SECTION("with weights for both classes the label is whether the second class has any") {
    const Forest forest = quirk("cancer_rf10_d5_twoweights");
    CHECK(check(forest) == "");
    const std::vector<Tensor> outputs = outputs_of(forest);
    std::size_t against_score = 0;
    for (std::size_t row = 0; row < 500; ++row) {
      const auto scores = outputs[1].as<float>().subspan(2 * row, 2);
      const std::int64_t label = outputs[0].as<std::int64_t>()[row];
      CHECK(label == (scores[1] > 0.0F ? 1 : 0));
      against_score += label == 1 && scores[0] > scores[1] ? 1U : 0U;
    }
    CHECK(against_score > 0);
  }
  SECTION("25 votes of 50 sum up to more than a half") {
    const Forest forest = quirk("cancer_rf50_d10_tie");
    CHECK(check(forest) == "");
    const std::vector<Tensor> outputs = outputs_of(forest);
    std::size_t ties = 0;
    for (std::size_t row = 0; row < 500; ++row) {
      const float second = outputs[1].as<float>()[2 * row + 1];
      if (std::abs(second - 0.5F) > 1e-6F) continue;
      ++ties;
      CHECK(outputs[0].as<std::int64_t>()[row] == 1);
    }
    CHECK(ties > 0);
  }
}
