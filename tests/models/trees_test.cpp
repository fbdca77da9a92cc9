// Decision-tree ensembles against ONNX Runtime's outputs: labels exactly on every row, scores within 1e-5.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <set>

#include "lib/import/onnx_import.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/golden.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Of ../shared/models/extra: those whose other layers are supported too.
const std::vector<std::string> extra_forests{"har_random_forest", "rf_iris", "rf_iris_old", "sk_gradient_boosting_reg",
                                             "sk_random_forest_multi_reg", "treeensemble_onnx2c"};

bool is_ensemble(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.op->name.starts_with("TreeEnsemble"); });
}

struct Forest {
  std::string name;
  fs::path model, goldens;
};

std::vector<Forest> forests() {
  const fs::path shared = shared_folder();
  std::vector<Forest> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(shared / "models" / "trees")) {
    const std::string name = entry.path().stem().string();
    const auto imported = entry.path().extension() == ".onnx" ? import_onnx(entry.path().string())
                                                              : Result<ImportedModel>(Diagnostic{});
    if (imported && is_ensemble(imported->graph)) all.push_back({name, entry.path(), shared / "golden" / "trees" / name});
  }
  for (const std::string& name : extra_forests)
    all.push_back({name, shared / "models" / "extra" / (name + ".onnx"), shared / "golden" / "extra" / name});
  return all;
}

// Names of classes are not stored as an array of numbers; the positions of the names stand for them.
std::optional<Tensor> labels_by_name(const fs::path& file, const std::string& names) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t kind = bytes.find("'<U");
  if (kind == std::string::npos || names.empty()) return std::nullopt;
  const std::size_t width = std::stoul(bytes.substr(kind + 3));
  const std::size_t start = bytes.find('\n') + 1;
  std::vector<std::string> known;
  for (std::size_t at = 0; at <= names.size(); at = names.find(',', at) + 1) {
    known.push_back(names.substr(at, names.find(',', at) - at));
    if (names.find(',', at) == std::string::npos) break;
  }
  const auto rows = static_cast<std::int64_t>((bytes.size() - start) / (4 * width));
  Tensor labels = Tensor::zeros(DType::s64, *Shape::make({rows}));
  for (std::int64_t row = 0; row < rows; ++row) {
    std::string name;
    for (std::size_t i = 0; i < width; ++i) {
      const char letter = bytes[start + (static_cast<std::size_t>(row) * width + i) * 4];
      if (letter != 0) name += letter;
    }
    labels.as<std::int64_t>()[static_cast<std::size_t>(row)] = std::ranges::find(known, name) - known.begin();
  }
  return labels;
}

std::string class_names(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (const auto found = node.attrs.find("classlabels_strings"); found != node.attrs.end())
      return std::get<std::string>(found->second);
  return {};
}

// Of scores with names for their columns, the tensor below is what was kept.
std::string golden_name(const Graph& graph, ValueId output) {
  for (const Node& node : graph.nodes)
    if (node.op->name == "ZipMap" && node.outputs[0] == output) return graph.at(node.inputs[0]).name;
  return graph.at(output).name;
}

std::string compare(const Tensor& found, const Tensor& expected) {
  const std::vector<double> a = found.to_reals(), b = expected.to_reals();
  if (a.size() != b.size()) return "has " + std::to_string(a.size()) + " elements, expected " + std::to_string(b.size());
  double largest = 0;
  for (const double value : b) largest = std::max(largest, std::abs(value));
  std::size_t distant = 0;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    worst = std::max(worst, difference / largest);
    distant += is_float(expected.dtype) ? difference > 1e-5 * std::max(std::abs(b[i]), 0.1 * largest) : a[i] != b[i];
  }
  if (distant == 0) return {};
  return std::to_string(distant) + " of " + std::to_string(a.size()) + " differ, worst " + std::to_string(worst) + " of the largest";
}

// Every row of the test set at once.
struct Loaded {
  Graph graph;
  std::vector<Tensor> inputs, outputs;
};

Loaded load(const Forest& forest) {
  const auto single = import_onnx(forest.model.string());
  expect(bool{single}, forest.name + ": " + (single ? "" : render(single.error())));
  Loaded loaded{.graph = single->graph, .inputs = {}, .outputs = {}};
  ImportOptions options;
  for (const ValueId id : loaded.graph.inputs) {
    const Value& input = loaded.graph.at(id);
    loaded.inputs.push_back(golden_array(forest.goldens, "in__", input.name));
    // The arrays keep the batch axis of single rows behind that of all.
    Tensor& rows = loaded.inputs.back();
    const std::int64_t features = rows.shape[rows.shape.rank() - 1];
    rows.shape = *Shape::make({rows.shape.elements() / features, features});
    options.shapes[input.name] = {rows.shape[0], features};
  }
  auto whole = import_onnx(forest.model.string(), options);
  expect(bool{whole}, forest.name + ": " + (whole ? "" : render(whole.error())));
  loaded.graph = std::move(whole->graph);
  for (const ValueId id : loaded.graph.outputs) {
    const std::string name = golden_name(loaded.graph, id);
    auto labels = labels_by_name(forest.goldens / ("out__" + name + ".npy"), class_names(loaded.graph));
    loaded.outputs.push_back(labels ? *std::move(labels) : golden_array(forest.goldens, "out__", name));
  }
  return loaded;
}

std::string compare_all(const std::string& what, const Result<std::vector<Tensor>>& found, const Loaded& loaded) {
  if (!found) return what + ": " + render(found.error());
  for (std::size_t i = 0; i < loaded.outputs.size(); ++i)
    if (const std::string wrong = compare((*found)[i], loaded.outputs[i]); !wrong.empty())
      return what + ", output " + loaded.graph.at(loaded.graph.outputs[i]).name + ": " + wrong;
  return {};
}

}  // namespace

TEST_CASE("tree ensembles give ONNX Runtime's labels and scores on every row of their test sets") {
  if (!shared_present("tree ensembles were not compared with their golden outputs")) return;
  std::vector<std::function<std::string()>> jobs;
  for (const Forest& forest : forests())
    jobs.push_back([forest] {
      const Loaded loaded = load(forest);
      return compare_all(forest.name, interpret(loaded.graph, loaded.inputs), loaded);
    });
  CHECK(jobs.size() >= 50);
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
