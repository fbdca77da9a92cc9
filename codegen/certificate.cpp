#include "codegen/certificate.hpp"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "codegen/literals.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/results.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;
using ops::Interval;

bool is_known(std::int64_t bound) { return bound != Interval::infinity && bound != Interval::minus_infinity; }

Json to_json(const Interval& interval) {
  const auto end = [](std::int64_t bound) { return is_known(bound) ? Json(bound) : Json(nullptr); };
  return Json::array({end(interval.lowest), end(interval.highest)});
}

// Levels to real units; nothing where the graph does not say what the levels stand for.
std::optional<double> scale_of(const Value& value) {
  if (!value.type.quant || value.type.quant->scale.size() != 1) return std::nullopt;
  return static_cast<double>(value.type.quant->scale[0]);
}

std::string layer_name(const Node& node) {
  return node.origin.node.empty() ? std::string(node.op->name) : node.origin.node;
}

Json accumulator_json(const AccumulatorBounds& accumulator) {
  return {{"type", accumulator.limits == ops::int32_interval ? "int32" : accumulator.limits.lowest == 0 ? "uint32" : "int64"},
          {"channel", accumulator.channel},
          {"sum", to_json(accumulator.reached)},
          {"shifted", to_json(accumulator.shifted)},
          {"bits_left", accumulator.bits_left()}};
}

Json rounding_json(const IntegerBounds& bounds, std::optional<double> scale) {
  const auto known = [](double levels) { return std::isfinite(levels) ? Json(levels) : Json(nullptr); };
  return {{"levels", known(bounds.rounding())},
          {"levels_from_output", bounds.output_rounding},
          {"levels_from_constants", known(bounds.constants_rounding)},
          {"real", scale ? known(bounds.rounding() * *scale) : Json(nullptr)}};
}

Json before_table_json(const TableLevels& levels) {
  return {{"levels_before_clamp", to_json(levels.unclamped)},
          {"levels", to_json(levels.reached)},
          {"saturates_below", levels.saturates_below()},
          {"saturates_above", levels.saturates_above()},
          {"rounding", std::isfinite(levels.rounding) ? Json(levels.rounding) : Json(nullptr)}};
}

Json node_json(const Graph& graph, const CertifiedNode& certified) {
  const Node& node = graph.nodes[certified.node];
  const Value& output = graph.at(first_result(node));
  const IntegerBounds& bounds = certified.bounds;
  Json activations = Json::array();
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (node.inputs[i] && !graph.at(node.inputs[i]).is_constant())
      activations.push_back({{"tensor", graph.at(node.inputs[i]).name}, {"levels", to_json(certified.inputs[i])}});
  const auto scale = scale_of(output);
  return {{"name", node.origin.node},
          {"operator", node.op->name},
          {"inputs", activations},
          {"accumulator", bounds.accumulator ? accumulator_json(*bounds.accumulator) : Json(nullptr)},
          {"before_table", bounds.before_table ? before_table_json(*bounds.before_table) : Json(nullptr)},
          {"output", output.name},
          {"output_type", name_of(output.type.dtype)},
          {"scale", scale ? Json(*scale) : Json(nullptr)},
          {"levels_before_clamp", bounds.unclamped ? to_json(*bounds.unclamped) : Json(nullptr)},
          {"levels", to_json(bounds.output)},
          {"saturates_below", bounds.saturates_below()},
          {"saturates_above", bounds.saturates_above()},
          {"rounding", rounding_json(bounds, scale)}};
}

std::string rounded(double number) {
  std::string text(32, '\0');
  text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.4g", number)));
  return text;
}

// Of the results of a layer, or of the levels in front of its table.
template <class Bounds>
std::string saturation(const Bounds& bounds, const Interval& levels) {
  const std::string below = "at " + std::to_string(levels.lowest), above = "at " + std::to_string(levels.highest);
  if (bounds.saturates_below() && bounds.saturates_above()) return below + " and " + above;
  return bounds.saturates_below() ? below : bounds.saturates_above() ? above : "nowhere";
}

std::string rounding_text(double levels) { return std::isfinite(levels) ? rounded(levels) : "unknown"; }

std::string row(const Graph& graph, const CertifiedNode& certified) {
  const Node& node = graph.nodes[certified.node];
  const IntegerBounds& bounds = certified.bounds;
  const auto scale = scale_of(graph.at(first_result(node)));
  std::string text = "| " + comment_text(layer_name(node)) + " | " + std::string(node.op->name) + " | ";
  if (bounds.accumulator)
    text += with_thousands(bounds.accumulator->reached.lowest) + " … " +
            with_thousands(bounds.accumulator->reached.highest) + " | " + std::to_string(bounds.accumulator->bits_left());
  else
    text += "| ";
  text += " | ";
  if (const auto& before = bounds.before_table)
    return text + saturation(*before, before->reached) + " | " + rounding_text(before->rounding) + ", then its table |\n";
  text += saturation(bounds, bounds.output) + " | " + rounding_text(bounds.rounding());
  return text + (scale && std::isfinite(bounds.rounding()) ? " = " + rounded(bounds.rounding() * *scale) : "") + " |\n";
}

}  // namespace

std::string certificate_json(const Graph& graph, const IntegerCertificate& certificate,
                             const std::map<std::string, std::string>& recorded_options) {
  Json layers = Json::array();
  for (const CertifiedNode& node : certificate.nodes) layers.push_back(node_json(graph, node));
  const Json root = {{"format", 1},
                     {"overflow_possible", certificate.least_bits_left() < 0},
                     {"least_bits_left", certificate.least_bits_left()},
                     {"options", recorded_options},
                     {"layers", layers}};
  return root.dump(2, ' ', true) + "\n";
}

std::string certificate_section(const Graph& graph, const IntegerCertificate& certificate) {
  std::string text =
      "## Integer certificate\nProven when this was compiled, for every possible input: no accumulator overflows; the "
      "fullest has " + std::to_string(certificate.least_bits_left()) +
      " bits to spare. Rounding is the most that integer arithmetic moves a layer's results, in levels of its output "
      "(= in real units), apart from saturation. `certificate.json` has the same in full.\n\n"
      "| layer | operator | widest accumulator | bits left | saturates | rounding |\n|---|---|---|---|---|---|\n";
  for (const CertifiedNode& node : certificate.nodes) text += row(graph, node);
  return text;
}

}  // namespace mote
