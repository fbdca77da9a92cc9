#include "tests/conformance/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lib/import/tensor_decode.hpp"
#include "lib/support/text.hpp"

namespace mote::conformance {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Result<onnx::ModelProto> read_model(const VectorCase& vector_case) {
  onnx::ModelProto model;
  if (!model.ParseFromString(content_of(vector_case.folder + "/model.onnx")))
    return Diagnostic{.code = Code::malformed_model, .message = "cannot parse " + vector_case.folder};
  return model;
}

Result<Tensor> read_tensor(const std::string& path) {
  onnx::TensorProto stored;
  // A sequence or an optional value parses as a tensor without a type at best.
  if (!stored.ParseFromString(content_of(path)))
    return Diagnostic{.code = Code::unsupported_type, .message = path + " holds no tensor"};
  TensorSource source;
  return decode_tensor(stored, source);
}

Result<std::vector<Tensor>> read_tensors(const VectorCase& vector_case, const std::string& kind, std::size_t count) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = vector_case.folder + "/test_data_set_0/" + kind + "_" + std::to_string(i) + ".pb";
    if (!fs::exists(path)) return Diagnostic{.code = Code::file_unreadable, .message = path + " is missing"};
    MOTE_TRY(Tensor tensor, read_tensor(path));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

// Inputs to fix after a refusal: the operand that the diagnostic names where that is an input, else (an operator's own
// type rule asked, or it is computed) every input but the first, which is the data in all operators of ONNX; a single
// input is fixed itself.
std::vector<std::size_t> inputs_to_fix(const Diagnostics& problems, const ModelFacts& facts) {
  std::set<std::size_t> chosen;
  for (const Diagnostic& problem : problems) {
    if (problem.code != Code::needs_constant) continue;
    const auto named = std::ranges::find(facts.input_names, problem.where.value);
    if (named != facts.input_names.end())
      chosen.insert(static_cast<std::size_t>(named - facts.input_names.begin()));
    else
      for (std::size_t i = facts.input_names.size() > 1 ? 1 : 0; i < facts.input_names.size(); ++i) chosen.insert(i);
  }
  return {chosen.begin(), chosen.end()};
}

ImportOptions options_for(const ModelFacts& facts, const DataSet& data) {
  ImportOptions options;
  for (std::size_t i = 0; i < facts.input_names.size(); ++i) {
    const auto extents = data.inputs[i].shape.extents();
    options.shapes[facts.input_names[i]] = {extents.begin(), extents.end()};
  }
  return options;
}

bool close(double actual, double expected) {
  if (std::isnan(actual) || std::isnan(expected)) return std::isnan(actual) && std::isnan(expected);
  if (std::isinf(actual) || std::isinf(expected)) return actual == expected;
  return std::fabs(actual - expected) <= 1e-7 + 1e-3 * std::fabs(expected);
}

std::optional<std::size_t> first_difference(const Tensor& actual, const Tensor& expected) {
  if (!is_float(expected.dtype)) {
    const auto wrong = std::ranges::mismatch(actual.bytes, expected.bytes);
    if (wrong.in1 == actual.bytes.end()) return std::nullopt;
    return static_cast<std::size_t>((wrong.in1 - actual.bytes.begin()) / byte_size(expected.dtype));
  }
  const std::vector<double> a = actual.to_reals(), e = expected.to_reals();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!close(a[i], e[i])) return i;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> vectors_root() {
  const char* chosen = std::getenv("MOTE_ONNX_VECTORS");
  const std::string root = chosen != nullptr ? chosen : "/usr/share/libonnx-testdata/data";
  return fs::is_directory(root) ? std::optional(root) : std::nullopt;
}

std::vector<VectorCase> list_cases(const std::string& root) {
  std::vector<VectorCase> cases;
  for (const auto& group : fs::directory_iterator(root))
    for (const auto& folder : fs::directory_iterator(group.path()))
      if (fs::exists(folder.path() / "model.onnx"))
        cases.push_back({group.path().filename().string(), folder.path().filename().string(), folder.path().string()});
  std::ranges::sort(cases, {}, [](const VectorCase& c) { return std::pair(c.group, c.name); });
  return cases;
}

Result<ModelFacts> read_facts(const VectorCase& vector_case) {
  MOTE_TRY(const onnx::ModelProto model, read_model(vector_case));
  std::set<std::string> operators, initializers;
  for (const auto& node : model.graph().node()) operators.insert(node.op_type());
  for (const auto& tensor : model.graph().initializer()) initializers.insert(tensor.name());
  ModelFacts facts{.operators = {operators.begin(), operators.end()}, .input_names = {}, .output_names = {}};
  for (const auto& input : model.graph().input())
    if (!initializers.contains(input.name())) facts.input_names.push_back(input.name());
  for (const auto& output : model.graph().output()) facts.output_names.push_back(output.name());
  return facts;
}

Result<DataSet> read_data_set(const VectorCase& vector_case, const ModelFacts& facts) {
  MOTE_TRY(std::vector<Tensor> inputs, read_tensors(vector_case, "input", facts.input_names.size()));
  MOTE_TRY(std::vector<Tensor> outputs, read_tensors(vector_case, "output", facts.output_names.size()));
  return DataSet{std::move(inputs), std::move(outputs)};
}

Result<PreparedCase> prepare(const VectorCase& vector_case) {
  const std::string path = vector_case.folder + "/model.onnx";
  MOTE_TRY(const ModelFacts facts, read_facts(vector_case));
  auto data = read_data_set(vector_case, facts);
  if (!data) {
    // The importer's reason is the better one where it refuses the model too.
    auto refused = import_onnx(path);
    return refused ? std::move(data.errors()) : std::move(refused.errors());
  }
  ImportOptions options = options_for(facts, *data);
  auto imported = import_onnx(path, options);
  if (!imported) {
    for (const std::size_t i : inputs_to_fix(imported.errors(), facts))
      options.constants.emplace(facts.input_names[i], data->inputs[i]);
    if (!options.constants.empty()) imported = import_onnx(path, options);
  }
  if (!imported) return std::move(imported.errors());
  PreparedCase prepared{.model = *std::move(imported), .inputs = {}, .outputs = std::move(data->outputs)};
  for (std::size_t i = 0; i < facts.input_names.size(); ++i)
    if (!options.constants.contains(facts.input_names[i])) prepared.inputs.push_back(std::move(data->inputs[i]));
  return prepared;
}

std::optional<std::string> difference(const Tensor& actual, const Tensor& expected) {
  const bool widened = actual.dtype == DType::f64 && expected.dtype == DType::f32;
  if (actual.dtype != expected.dtype && !widened)
    return "type " + std::string(name_of(actual.dtype)) + ", expected " + std::string(name_of(expected.dtype));
  if (actual.shape != expected.shape) return "shape " + actual.shape.text() + ", expected " + expected.shape.text();
  const auto at = first_difference(actual, expected);
  if (!at) return std::nullopt;
  return "element " + std::to_string(*at) + " is " + number_text(actual.to_reals()[*at]) + ", expected " +
         number_text(expected.to_reals()[*at]);
}

}  // namespace mote::conformance
