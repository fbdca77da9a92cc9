#include "lib/ops/verify.hpp"

#include <cmath>
#include <unordered_set>

#include "lib/ops/op_def.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

class Verifier {
 public:
  Verifier(const Graph& graph, Stage stage) : graph_(graph), stage_(stage), defined_(graph.values.size(), false) {}

  Status run() {
    check_values();
    check_inputs();
    for (const Node& node : graph_.nodes) check_node(node);
    check_outputs();
    if (problems_.empty()) return Ok{};
    return std::move(problems_);
  }

 private:
  void report(Code code, std::string message, const Locus& where) {
    problems_.push_back({.code = code, .message = std::move(message), .where = where});
  }
  void report_value(std::string message, const Value& value) {
    report(Code::malformed_graph, std::move(message), {.file = {}, .node = {}, .op_type = {}, .value = value.name});
  }

  [[nodiscard]] bool in_range(ValueId id, const Locus& where) {
    if (id && *id < graph_.values.size()) return true;
    report(Code::malformed_graph, "value id " + (id ? std::to_string(*id) : std::string("none")) + " is not one of " +
                                      std::to_string(graph_.values.size()) + " values", where);
    return false;
  }

  void define(ValueId id, const Locus& where) {
    if (defined_[*id]) report(Code::malformed_graph, "value '" + graph_.at(id).name + "' is defined twice", where);
    defined_[*id] = true;
  }

  void check_values() {
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      if (value.name.empty()) report_value("value " + std::to_string(i) + " has no name", value);
      if (!names.insert(value.name).second) report_value("two values have this name", value);
      if (value.type.quant) check_quant(value);
      if (!value.is_constant()) continue;
      defined_[i] = true;
      if (static_cast<std::int64_t>(value.data->size()) != value.type.bytes())
        report_value("the constant holds " + std::to_string(value.data->size()) + " bytes, its type needs " +
                         std::to_string(value.type.bytes()), value);
    }
  }

  void check_quant(const Value& value) {
    const QuantParams& quant = *value.type.quant;
    const std::size_t rank = value.type.shape.rank();
    if (quant.axis && *quant.axis >= rank) {
      report_value("quantisation axis " + std::to_string(*quant.axis) + " is beyond rank " + std::to_string(rank),
                   value);
      return;
    }
    const std::size_t count = quant.axis ? static_cast<std::size_t>(value.type.shape[*quant.axis]) : 1;
    if (quant.scale.size() != count || quant.zero_point.size() != count)
      report_value(std::to_string(quant.scale.size()) + " scales and " + std::to_string(quant.zero_point.size()) +
                       " zero points, expected " + std::to_string(count) + " each", value);
    for (const float scale : quant.scale)
      if (!(scale > 0.0F) || std::isinf(scale)) report_value("a scale is not a positive number", value);
  }

  void check_inputs() {
    for (const ValueId id : graph_.inputs) {
      if (!in_range(id, {})) continue;
      if (graph_.at(id).is_constant()) report_value("a graph input is a constant", graph_.at(id));
      define(id, {});
    }
  }

  void check_node(const Node& node) {
    bool sound = node.op != nullptr;
    if (!sound) report(Code::malformed_graph, "a node has no operator", node.origin);
    for (const ValueId id : node.inputs) {
      if (!id) continue;
      if (!in_range(id, node.origin)) {
        sound = false;
      } else if (!defined_[*id]) {
        report(Code::malformed_graph, "'" + graph_.at(id).name + "' is used before it is defined", node.origin);
      }
    }
    for (const ValueId id : node.outputs) {
      if (!id) continue;
      if (in_range(id, node.origin)) define(id, node.origin);
      else sound = false;
    }
    if (sound) check_operator(node);
  }

  void check_operator(const Node& node) {
    Attrs completed = node.attrs;
    if (Status status = complete_attributes(*node.op, completed, node.origin); !status) return adopt(status.errors());
    if (completed.size() != node.attrs.size())
      report(Code::attribute_range, "attributes of " + std::string(node.op->name) + " are not complete", node.origin);
    else
      check_types(node);
    const bool is_view = node.op->views != nullptr && !node.op->views({graph_, node}).empty();
    if (stage_ == Stage::lowerable && node.op->lower == nullptr && !is_view)
      report(Code::stage_violation, "operator " + std::string(node.op->name) + " has no kernel", node.origin);
  }

  void check_types(const Node& node) {
    Result<Types> types = infer_types(graph_, node);
    if (!types) return adopt(types.errors());
    if (types->size() < node.outputs.size())
      return report(Code::wrong_arity, std::to_string(node.outputs.size()) + " outputs, the type rule gives " +
                                           std::to_string(types->size()), node.origin);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (!node.outputs[i]) continue;
      const Value& value = graph_.at(node.outputs[i]);
      // Quantisation is what a value means, not what its operator computes: operators on integers do not know it.
      if (value.type.dtype != (*types)[i].dtype || value.type.shape != (*types)[i].shape)
        report(Code::malformed_graph, "'" + value.name + "' is " + text(value.type) + ", its operator gives " +
                                          text((*types)[i]), node.origin);
    }
  }

  void check_outputs() {
    std::vector<bool> seen(graph_.values.size(), false);
    std::vector<bool> produced(graph_.values.size(), false);
    for (const Node& node : graph_.nodes)
      for (const ValueId id : node.outputs)
        if (id && *id < produced.size()) produced[*id] = true;
    for (const ValueId id : graph_.outputs) {
      if (!in_range(id, {})) continue;
      if (!defined_[*id]) report_value("the graph output is never produced", graph_.at(id));
      if (stage_ != Stage::imported && (seen[*id] || !produced[*id]))
        report(Code::stage_violation, "graph output '" + graph_.at(id).name + "' is not a node's value of its own", {});
      seen[*id] = true;
    }
  }

  static std::string text(const TensorType& type) {
    return std::string(name_of(type.dtype)) + "[" + join(type.shape.extents(), "x") + "]";
  }
  void adopt(const Diagnostics& found) { problems_.insert(problems_.end(), found.begin(), found.end()); }

  const Graph& graph_;
  Stage stage_;
  std::vector<bool> defined_;
  Diagnostics problems_;
};

}  // namespace

Status verify(const Graph& graph, Stage stage) { return Verifier(graph, stage).run(); }

}  // namespace mote
