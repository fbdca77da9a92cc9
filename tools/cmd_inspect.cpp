// mote inspect model.onnx [--target stm32f411re]
#include <algorithm>
#include <memory>

#include "codegen/literals.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/results.hpp"
#include "lib/plan/fit.hpp"
#include "lib/plan/sparsity.hpp"
#include "lib/plan/structure_report.hpp"
#include "lib/support/text.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "tools/command.hpp"
#include "tools/model_options.hpp"
#include "tools/tree_report.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  TargetOptions target{};
  bool keep_structure = false;
};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

std::string type_text(const TensorType& type) { return std::string(name_of(type.dtype)) + " " + type.shape.text(); }

struct ModelSummary {
  std::map<std::string, int> operators{};
  std::int64_t parameters = 0, parameter_bytes = 0;
};

ModelSummary summarize(const Graph& graph) {
  ModelSummary summary;
  for (const Node& node : graph.nodes) ++summary.operators[std::string(node.op->name)];
  for (const Value& value : graph.values) {
    if (!value.is_constant()) continue;
    summary.parameters += value.type.shape.elements();
    summary.parameter_bytes += value.type.bytes();
  }
  return summary;
}

// Arena bytes that hold something while a step runs; a storage counts once, however many views it has.
std::int64_t live_bytes(const Plan& plan, std::size_t step) {
  const auto now = static_cast<std::int32_t>(step);
  std::vector<ValueId> counted;
  std::int64_t bytes = plan.steps[step].call.scratch_bytes;
  for (const Placement& place : plan.placements) {
    if (place.home != Home::arena || place.first_step > now || place.last_step < now) continue;
    if (std::ranges::find(counted, place.storage) != counted.end()) continue;
    counted.push_back(place.storage);
    bytes += plan.placement(place.storage).bytes;
  }
  return bytes;
}

std::string step_name(const Plan& plan, std::size_t step) {
  const Node& node = plan.graph.nodes[plan.steps[step].node];
  return node.origin.node.empty() ? std::string(node.op->name) : node.origin.node;
}

void describe_interface(const Graph& graph, Report& report) {
  const auto describe = [&](const char* role, const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      const Value& value = graph.at(id);
      report.text += std::string(role) + " " + value.name + ": " + type_text(value.type) + "\n";
      report.json[role].push_back({{"name", value.name}, {"dtype", name_of(value.type.dtype)}, {"shape", value.type.shape.extents()}});
    }
  };
  report.json["input"] = report.json["output"] = Json::array();
  describe("input", graph.inputs);
  describe("output", graph.outputs);
}

void describe_operators(const ModelSummary& summary, const ImportedModel& model, Report& report) {
  report.text += "opset " + std::to_string(model.opset) + (model.producer.empty() ? "" : ", by " + comment_text(model.producer)) + "\noperators:";
  for (const auto& [name, count] : summary.operators) {
    report.text += " " + name + (count > 1 ? "*" + std::to_string(count) : "");
    report.json["operators"][name] = count;
  }
  report.text += "\nparameters: " + with_thousands(summary.parameters) + " (" + with_thousands(summary.parameter_bytes) + " B)\n";
  report.json["parameters"] = summary.parameters;
  report.json["parameter_bytes"] = summary.parameter_bytes;
}

void describe_plan(const Plan& plan, Report& report) {
  report.text += "\ncompiled: " + std::to_string(plan.steps.size()) + " layers, " + with_thousands(plan.macs) + " MAC, " +
                 with_thousands(plan.weights_bytes) + " B weights, " + with_thousands(plan.arena_bytes) + " B arena (lower bound " +
                 with_thousands(plan.lower_bound_bytes) + ", without reuse " + with_thousands(plan.sum_bytes) + ")\n\n" +
                 padded("step", 6) + padded("layer", 40) + padded("operator", 20) + padded("output", 22) + padded("MAC", 14) + "live B\n";
  std::int64_t peak = 1;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) peak = std::max(peak, live_bytes(plan, step));
  report.json["timeline"] = Json::array();
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    const Node& node = plan.graph.nodes[plan.steps[step].node];
    const std::int64_t live = live_bytes(plan, step);
    const std::string shape = plan.graph.at(first_result(node)).type.shape.text();
    report.text += padded(std::to_string(step), 6) + padded(step_name(plan, step).substr(0, 38), 40) +
                   padded(std::string(node.op->name), 20) + padded(shape, 22) + padded(with_thousands(plan.steps[step].call.macs), 14) +
                   padded(with_thousands(live), 10) + std::string(static_cast<std::size_t>(live * 30 / peak), '#') + "\n";
    report.json["timeline"].push_back({{"step", step}, {"layer", step_name(plan, step)}, {"operator", node.op->name},
                                       {"output_shape", shape}, {"macs", plan.steps[step].call.macs}, {"live_bytes", live}});
  }
  report.json["arena_bytes"] = plan.arena_bytes;
  report.json["arena_lower_bound_bytes"] = plan.lower_bound_bytes;
  report.json["arena_without_reuse_bytes"] = plan.sum_bytes;
  report.json["weights_bytes"] = plan.weights_bytes;
  report.json["macs"] = plan.macs;
}

// Channels that no output depends on, which compiling leaves out.
void describe_structure(const StructureReport& structure, Report& report) {
  report.json["channels_left_out"] = structure.channels_removed;
  report.json["layers_left_smaller"] = Json::array();
  if (!structure.changed()) return;
  const auto change = [](std::int64_t before, std::int64_t after) { return with_thousands(before) + " -> " + with_thousands(after); };
  report.text += "\nchannels that no output depends on: " + with_thousands(structure.channels_removed) + " left out, " +
                 change(structure.macs_before, structure.macs_after) + " MAC, " +
                 change(structure.weights_before, structure.weights_after) + " weights\n\n" + padded("layer", 40) +
                 padded("inputs", 14) + padded("outputs", 14) + padded("MAC", 24) + "weights\n";
  for (const LayerStructure& layer : structure.layers) {
    report.text += padded(layer.layer.substr(0, 38), 40) + padded(change(layer.inputs_before, layer.inputs_after), 14) +
                   padded(change(layer.outputs_before, layer.outputs_after), 14) +
                   padded(change(layer.macs_before, layer.macs_after), 24) + change(layer.weights_before, layer.weights_after) + "\n";
    report.json["layers_left_smaller"].push_back({{"layer", layer.layer},
                                                  {"input_channels", {layer.inputs_before, layer.inputs_after}},
                                                  {"output_channels", {layer.outputs_before, layer.outputs_after}},
                                                  {"macs", {layer.macs_before, layer.macs_after}},
                                                  {"weights", {layer.weights_before, layer.weights_after}}});
  }
}

// Layers with many weights of 0, and which of them leave these out.
void describe_zeros(const Plan& plan, Report& report) {
  report.json["layers_with_zeros"] = Json::array();
  const std::vector<SparseLayer> layers = sparse_layers(plan);
  if (layers.empty()) return;
  report.text += "\n" + padded("layer with weights of 0", 40) + padded("weights", 14) + padded("zeros", 14) + "stored B\n";
  for (const SparseLayer& layer : layers) {
    report.text += padded(step_name(plan, layer.step).substr(0, 38), 40) + padded(with_thousands(layer.weights), 14) +
                   padded(with_thousands(layer.zeros), 14) + with_thousands(layer.stored_bytes) +
                   (layer.leaves_zeros_out ? " without zeros" : "") + "\n";
    report.json["layers_with_zeros"].push_back({{"layer", step_name(plan, layer.step)},
                                                {"weights", layer.weights},
                                                {"zeros", layer.zeros},
                                                {"left_out", layer.leaves_zeros_out},
                                                {"bytes", {layer.plain_bytes, layer.stored_bytes}}});
  }
}

// Where the network would fit: every known target, the one asked for first.
Result<Json> fits(const Plan& plan, const Target& chosen, std::string& text) {
  Json list = Json::array();
  std::string fitting;
  const auto judge = [&](const Target& target) {
    Plan moved = plan;
    moved.target = target;
    const FitReport report = fit(moved);
    list.push_back({{"target", target.name},
                    {"fits", report.fits()},
                    {"ram_region", target.memory[report.ram.region].name},
                    {"ram_needed_bytes", report.ram.needed_bytes},
                    {"ram_usable_bytes", report.ram.usable_bytes},
                    {"flash_region", target.memory[report.flash.region].name},
                    {"flash_needed_bytes", report.flash.needed_bytes},
                    {"flash_usable_bytes", report.flash.usable_bytes}});
    return report;
  };
  if (chosen.name != "host") {
    const FitReport report = judge(chosen);
    const auto side = [&](const RegionFit& region) {
      return with_thousands(region.needed_bytes) + " of " + with_thousands(region.usable_bytes) + " B in " +
             chosen.memory[region.region].name;
    };
    text += "\n" + chosen.name + ": " + (report.fits() ? "fits" : "does not fit") + ": " + side(report.ram) + ", " +
            side(report.flash) + " (weights; code comes on top)\n";
    for (const SpaceUse& use : report.peak) text += "  RAM at the peak  " + padded(use.what, 40) + with_thousands(use.bytes) + " B\n";
  }
  for (const std::string& name : all_target_names()) {
    MOTE_TRY(const Target target, find_target(name));
    if (target.name != chosen.name && target.name != "host" && judge(target).fits()) fitting += " " + name;
  }
  text += "\nfits:" + (fitting.empty() ? " no known target" : fitting) + "\n";
  return list;
}

Result<Report> run(const Options& options) {
  MOTE_TRY(const Target target, load_target(options.target));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  Report report{.notes = model.notes};
  describe_interface(model.graph, report);
  describe_operators(summarize(model.graph), model, report);
  const std::vector<TreeStatistics> trees = tree_statistics(model.graph);
  StructureReport structure;
  const PassContext context{.target = target, .keep_structure = options.keep_structure, .structure = &structure};
  MOTE_TRY(Graph graph, run_passes(standard_pipeline(), std::move(model.graph), context));
  MOTE_TRY(const Plan plan, make_plan(std::move(graph), target));
  describe_trees(trees, report, &plan);
  describe_plan(plan, report);
  describe_structure(structure, report);
  describe_zeros(plan, report);
  MOTE_TRY(report.json["targets"], fits(plan, target, report.text));
  return report;
}

}  // namespace

Command add_inspect(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("inspect", "show what a model is, what it costs and where it fits");
  add_model_options(*app, options->model);
  add_target_options(*app, options->target);
  app->add_flag("--keep-structure", options->keep_structure, "also count channels that no output depends on");
  return {app, [options] { return run(*options); }};
}

}  // namespace mote
