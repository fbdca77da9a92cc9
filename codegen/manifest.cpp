// manifest.json: what other tools need to drive a drop without knowing mote.
#include <nlohmann/json.hpp>

#include "codegen/parts.hpp"
#include "codegen/tree_facts.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/plan/model_code.hpp"
#include "lib/plan/sparsity.hpp"
#include "lib/support/sha256.hpp"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

Json tensor(const Plan& plan, ValueId id, const std::string& name) {
  const Value& value = plan.graph.at(id);
  Json entry = {{"name", value.name},
                {"c_name", name},
                {"dtype", name_of(value.type.dtype)},
                {"c_type", c_name(value.type.dtype)},
                {"shape", value.type.shape.extents()},
                {"layout", "row-major, axes as in the model"}};
  const bool quantized = value.type.quant.has_value();
  entry["scale"] = quantized ? Json(value.type.quant->scale.front()) : Json(nullptr);
  entry["zero_point"] = quantized ? Json(value.type.quant->zero_point.front()) : Json(nullptr);
  return entry;
}

Json layers(const Plan& plan) {
  Json list = Json::array();
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.nodes[step.node];
    Json outputs = Json::array();
    for (const ValueId id : node.outputs)
      if (id) outputs.push_back(plan.graph.at(id).type.shape.text());
    list.push_back({{"name", node.origin.node},
                    {"onnx_operator", node.origin.op_type},
                    {"operator", node.op->name},
                    {"kernel", step.call.kernel},
                    {"output_shapes", outputs},
                    {"macs", step.call.macs},
                    {"scratch_bytes", step.call.scratch_bytes}});
  }
  return list;
}

// Channels of the model that the code leaves out, by layer.
Json structure(const StructureReport& report) {
  Json list = Json::array();
  for (const LayerStructure& layer : report.layers)
    list.push_back({{"name", layer.layer},
                    {"operator", layer.op},
                    {"input_channels", {layer.inputs_before, layer.inputs_after}},
                    {"output_channels", {layer.outputs_before, layer.outputs_after}},
                    {"macs", {layer.macs_before, layer.macs_after}},
                    {"weights", {layer.weights_before, layer.weights_after}}});
  return {{"channels_left_out", report.channels_removed},
          {"macs", {report.macs_before, report.macs_after}},
          {"weights", {report.weights_before, report.weights_after}},
          {"layers", list}};
}

// Layers with many weights of 0, and how they are stored.
Json zeros(const Plan& plan) {
  Json list = Json::array();
  for (const SparseLayer& layer : sparse_layers(plan))
    list.push_back({{"name", plan.graph.nodes[plan.steps[layer.step].node].origin.node},
                    {"weights", layer.weights},
                    {"zeros", layer.zeros},
                    {"left_out", layer.leaves_zeros_out},
                    {"bytes", {layer.plain_bytes, layer.stored_bytes}}});
  return list;
}

Json trees(const Plan& plan, const EmitOptions& options) {
  Json list = Json::array();
  for (const TreeStatistics& ensemble : options.trees) list.push_back(Json::parse(tree_facts_json(ensemble, &plan)));
  return list;
}

Json paths_below(const FileTree& files, std::string_view folder, std::string_view ending) {
  Json list = Json::array();
  for (const auto& [path, text] : files)
    if (path.starts_with(folder) && path.ends_with(ending)) list.push_back(path);
  return list;
}

}  // namespace

// A declared allowance: kernels keep a tile of accumulators and a few pointers, none recurses. `mote verify` and the
// cross tests paint the stack of the emulated target (tools/emulators/stack_use.hpp) and fail when it is exceeded. The
// largest seen with the self-test's own frames are 1048 bytes (a wide convolution on Cortex-M55) and 166 on AVR, at -O2.
std::int64_t stack_bound_bytes(const Plan& plan) {
  switch (target_class(plan.target)) {
    case TargetClass::host_simd: return 4096;
    case TargetClass::avr: return 1024;
    default: return 2048;
  }
}

std::string manifest(const Plan& plan, const DropNames& names, const EmitOptions& options, const FileTree& files) {
  Json inputs = Json::array();
  Json outputs = Json::array();
  for (std::size_t i = 0; i < names.inputs.size(); ++i)
    inputs.push_back(tensor(plan, plan.graph.inputs[i], names.inputs[i]));
  for (std::size_t i = 0; i < names.outputs.size(); ++i)
    outputs.push_back(tensor(plan, plan.graph.outputs[i], names.outputs[i]));
  Json hashes = Json::object();
  for (const auto& [path, text] : files) hashes[path] = sha256(text);
  const std::string& n = names.prefix;
  const Json root = {
      {"format", 1},
      {"name", n},
      {"header", "include/" + n + "/" + n + ".h"},
      {"sources", paths_below(files, "src/", ".cpp")},
      {"include_dirs", {"include", "src"}},
      {"compile_options", compile_options(plan)},
      {"selftest_sources", {"selftest/selftest.cpp"}},
      {"context_type", n + "_context"},
      {"static_context", options.static_context ? Json(n + "_static_context") : Json(nullptr)},
      {"entry", n + "_run"},
      {"inputs", inputs},
      {"outputs", outputs},
      {"memory",
       {{"arena_bytes", plan.arena_bytes},
        {"scratch_bytes", plan.scratch_bytes},
        {"stack_bytes", stack_bound_bytes(plan)},
        {"weights_bytes", plan.weights_bytes},
        {"branch_code_bytes_estimated", branch_code_bytes(plan)},
        {"arena_lower_bound_bytes", plan.lower_bound_bytes},
        {"arena_without_reuse_bytes", plan.sum_bytes}}},
      {"macs", plan.macs},
      {"trees", trees(plan, options)},
      {"layers", layers(plan)},
      {"structure_before_after", structure(options.structure)},
      {"layers_with_zeros", zeros(plan)},
      {"target", {{"name", plan.target.name}, {"core", plan.target.core}, {"ram_region", plan.target.arena().name},
                  {"flash_region", plan.target.weights().name}}},
      {"model", {{"file", options.model_file}, {"sha256", options.model_sha256}}},
      {"tool", {{"name", "mote"}, {"version", MOTE_VERSION}}},
      {"options", options.recorded_options},
      {"files", hashes}};
  return root.dump(2, ' ', true) + "\n";
}

}  // namespace mote
