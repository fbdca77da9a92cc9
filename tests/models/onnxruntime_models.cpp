#include "tests/models/onnxruntime_models.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <onnx/onnx_pb.h>
#include <set>

#include "lib/ops/op_def.hpp"
#include "lib/support/word_list.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

std::int32_t onnx_type(DType dtype) {
  for (std::int32_t type = 1; type < 16; ++type)
    if (dtype_from_onnx(type) == dtype) return type;
  return 0;
}

std::string javascript_type(DType dtype) {
  if (dtype == DType::f32) return "float32";
  if (dtype == DType::f64) return "float64";
  return dtype == DType::s32 ? "int32" : "int64";
}

// Lists of words are one text in a graph.
const std::set<std::string> word_lists{"cats_strings", "classlabels_strings", "classes_strings", "keys_strings",
                                       "values_strings"};

void set_words(const std::string& text, onnx::AttributeProto& attribute) {
  attribute.set_type(onnx::AttributeProto::STRINGS);
  for (const std::string& word : split_words(text)) attribute.add_strings(word);
}

void set_value(const Attr& value, onnx::AttributeProto& attribute) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(*integer);
  } else if (const auto* real = std::get_if<float>(&value)) {
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(*real);
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t element : *integers) attribute.add_ints(element);
  } else if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
    attribute.set_type(onnx::AttributeProto::FLOATS);
    for (const float element : *reals) attribute.add_floats(element);
  } else if (word_lists.contains(attribute.name())) {
    set_words(std::get<std::string>(value), attribute);
  } else {
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(std::get<std::string>(value));
  }
}

nlohmann::json input_of(const Tensor& operand, std::size_t i) {
  nlohmann::json data = nlohmann::json::array();
  for (const double value : operand.to_reals()) data.push_back(std::isnan(value) ? nlohmann::json() : nlohmann::json(value));
  return {{"name", "x" + std::to_string(i)},
          {"type", javascript_type(operand.dtype)},
          {"shape", operand.shape.extents()},
          {"data", std::move(data)}};
}

double number_of(const nlohmann::json& element, const std::vector<std::string>& names) {
  if (element.is_null()) return std::nan("");
  if (!element.is_string()) return element.get<double>();
  return static_cast<double>(std::ranges::find(names, element.get<std::string>()) - names.begin());
}

Tensor tensor_of(const nlohmann::json& output, const std::vector<std::string>& names) {
  const bool real = output["type"] == "float32" || output["type"] == "float64";
  Tensor tensor = Tensor::zeros(real ? DType::f64 : DType::s64, *Shape::make(output["shape"].get<std::vector<std::int64_t>>()));
  for (std::size_t i = 0; i < output["data"].size(); ++i) {
    const double value = number_of(output["data"][i], names);
    if (real)
      tensor.as<double>()[i] = value;
    else
      tensor.as<std::int64_t>()[i] = static_cast<std::int64_t>(value);
  }
  return tensor;
}

}  // namespace

std::string onnx_of(const Graph& graph, std::int64_t ml_version) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  auto* opset = model.add_opset_import();
  opset->set_version(15);
  opset = model.add_opset_import();
  opset->set_domain("ai.onnx.ml");
  opset->set_version(ml_version);
  const Node& node = graph.nodes.front();
  onnx::NodeProto* proto = model.mutable_graph()->add_node();
  model.mutable_graph()->set_name("g");
  proto->set_op_type(std::string(node.op->onnx.name));
  proto->set_domain(std::string(node.op->onnx.domain));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorType& type = graph.at(node.inputs[i]).type;
    onnx::ValueInfoProto* input = model.mutable_graph()->add_input();
    input->set_name("x" + std::to_string(i));
    input->mutable_type()->mutable_tensor_type()->set_elem_type(onnx_type(type.dtype));
    for (const std::int64_t extent : type.shape.extents())
      input->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(extent);
    proto->add_input(input->name());
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    proto->add_output("y" + std::to_string(i));
    model.mutable_graph()->add_output()->set_name("y" + std::to_string(i));
  }
  for (const auto& [name, value] : node.attrs) {
    if (name == "matches_nan") continue;  // mote's own
    onnx::AttributeProto* attribute = proto->add_attribute();
    attribute->set_name(name);
    set_value(value, *attribute);
  }
  return model.SerializeAsString();
}

std::vector<std::optional<std::vector<Tensor>>> run_onnxruntime(const std::vector<ModelRun>& runs,
                                                                const std::vector<std::string>& names,
                                                                std::vector<std::string>& refusals) {
  auto folder = TemporaryFolder::make();
  expect(bool{folder}, "no temporary folder");
  nlohmann::json jobs = nlohmann::json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string path = (folder->path() / (std::to_string(i) + ".onnx")).string();
    std::ofstream(path, std::ios::binary) << runs[i].model;
    nlohmann::json inputs = nlohmann::json::array();
    for (std::size_t k = 0; k < runs[i].operands.size(); ++k) inputs.push_back(input_of(runs[i].operands[k], k));
    jobs.push_back({{"model", path}, {"inputs", std::move(inputs)}});
  }
  const std::string list = (folder->path() / "jobs.json").string();
  std::ofstream(list) << jobs.dump();
  const auto process = run_process({"node", "tests/models/onnxruntime_models.js", list},
                                   {.time = std::chrono::minutes(5), .output_bytes = std::size_t{64} << 20});
  expect(process && process->status == 0, process ? process->standard_error : render(process.error()));
  std::vector<std::optional<std::vector<Tensor>>> results;
  for (const nlohmann::json& result : nlohmann::json::parse(process->standard_output)) {
    results.emplace_back();
    if (result.is_object()) {
      refusals.push_back(result["error"]);
      continue;
    }
    results.back().emplace();
    for (const nlohmann::json& output : result) results.back()->push_back(tensor_of(output, names));
  }
  return results;
}

bool onnxruntime_present(const std::string& not_shown) {
  if (find_program("node") && fs::is_directory("build/node_modules/onnxruntime-node")) return true;
  WARN("SKIPPED: node or build/node_modules/onnxruntime-node is absent, so " << not_shown);
  return false;
}

}  // namespace mote::test
