#include "tests/models/forest.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include "lib/import/onnx_import.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/support/word_list.hpp"
#include "tests/emitted/drop_runner.hpp"

namespace mote::test {
namespace {

// Of ../shared/models/extra: those whose other layers are supported too.
const std::vector<std::string> extra_forests{"har_random_forest", "rf_iris", "rf_iris_old", "sk_gradient_boosting_reg",
                                             "sk_random_forest_multi_reg", "treeensemble_onnx2c"};

bool is_ensemble(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return node.op->name.starts_with("TreeEnsemble"); });
}

// Names of classes are not stored as an array of numbers; the positions of the names stand for them.
std::optional<Tensor> labels_by_name(const fs::path& file, const std::string& names) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t kind = bytes.find("'<U");
  if (kind == std::string::npos || names.empty()) return std::nullopt;
  const std::size_t width = std::stoul(bytes.substr(kind + 3));
  const std::size_t start = bytes.find('\n') + 1;
  const std::vector<std::string> known = split_words(names);
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

}  // namespace

std::vector<Forest> forests() {
  const fs::path shared = shared_folder();
  std::vector<Forest> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(shared / "models" / "trees")) {
    const std::string name = entry.path().stem().string();
    const auto imported = entry.path().extension() == ".onnx" ? import_onnx(entry.path().string())
                                                              : Result<ImportedModel>(Diagnostic{});
    if (imported && is_ensemble(imported->graph)) all.push_back({name, entry.path(), shared / "golden" / "trees" / name});
  }
  std::erase_if(all, [](const Forest& forest) { return !fs::exists(forest.goldens); });
  for (const std::string& name : extra_forests)
    all.push_back({name, shared / "models" / "extra" / (name + ".onnx"), shared / "golden" / "extra" / name});
  return all;
}

Loaded load(const Forest& forest, std::int64_t most_rows) {
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
    const std::int64_t count = std::min(most_rows, rows.shape.elements() / features);
    rows.shape = *Shape::make({count, features});
    rows.bytes.resize(static_cast<std::size_t>(count * features * byte_size(rows.dtype)));
    options.shapes[input.name] = {rows.shape[0], features};
  }
  auto whole = import_onnx(forest.model.string(), options);
  expect(bool{whole}, forest.name + ": " + (whole ? "" : render(whole.error())));
  loaded.graph = std::move(whole->graph);
  for (const ValueId id : loaded.graph.outputs) {
    const std::string name = golden_name(loaded.graph, id);
    auto labels = labels_by_name(forest.goldens / ("out__" + name + ".npy"), class_names(loaded.graph));
    Tensor output = labels ? *std::move(labels) : golden_array(forest.goldens, "out__", name);
    output.shape = loaded.graph.at(id).type.shape;
    output.bytes.resize(static_cast<std::size_t>(output.shape.elements() * byte_size(output.dtype)));
    loaded.outputs.push_back(std::move(output));
  }
  return loaded;
}

}  // namespace mote::test
