#include "lib/ops/support/expanded.hpp"

namespace mote {

Expansion::Ref Expansion::constant(Tensor tensor) {
  constants.push_back(std::move(tensor));
  return {.kind = Ref::Kind::constant, .index = constants.size() - 1};
}

Expansion::Ref Expansion::add(std::string_view op, std::vector<Ref> operands, Attrs attrs) {
  steps.push_back({.op = op, .operands = std::move(operands), .attrs = std::move(attrs)});
  return {.kind = Ref::Kind::step, .index = steps.size() - 1};
}

namespace ops {
namespace {

// The expansion as a graph of its own, its values numbered by input, constant and step.
struct Body {
  Graph graph{};
  std::vector<ValueId> inputs{}, constants{}, steps{};

  [[nodiscard]] ValueId value_of(const Expansion::Ref& ref) const {
    switch (ref.kind) {
      case Expansion::Ref::Kind::input: return ref.index < inputs.size() ? inputs[ref.index] : ValueId{};
      case Expansion::Ref::Kind::constant: return constants[ref.index];
      case Expansion::Ref::Kind::step: return steps[ref.index];
      case Expansion::Ref::Kind::none: break;
    }
    return {};
  }
};

Status add_step(Body& body, const Expansion::Step& step, const Locus& origin) {
  Node node{.op = find_op(step.op), .attrs = step.attrs, .inputs = {}, .outputs = {}, .origin = origin};
  MOTE_CHECK(node.op != nullptr);
  for (const Expansion::Ref& operand : step.operands) node.inputs.push_back(body.value_of(operand));
  node.outputs = {body.graph.add_value("step", {})};
  MOTE_TRY_STATUS(complete_attributes(*node.op, node.attrs, origin));
  MOTE_TRY(Types types, infer_types(body.graph, node));
  body.graph.at(node.outputs[0]).type = std::move(types[0]);
  body.steps.push_back(node.outputs[0]);
  body.graph.nodes.push_back(std::move(node));
  return Ok{};
}

Result<Body> body_of(const OpView& op, const Expansion& expansion) {
  Body body;
  for (const ValueId id : op.node.inputs) {
    if (!id) {
      body.inputs.emplace_back();
      continue;
    }
    const Value& value = op.graph.at(id);
    body.inputs.push_back(value.is_constant() ? body.graph.add_constant("input", value.type, value.data)
                                              : body.graph.add_value("input", value.type));
  }
  for (const Tensor& tensor : expansion.constants)
    body.constants.push_back(body.graph.add_constant("constant", {.dtype = tensor.dtype, .shape = tensor.shape},
                                                     std::make_shared<const Bytes>(tensor.bytes)));
  for (const Expansion::Step& step : expansion.steps) MOTE_TRY_STATUS(add_step(body, step, op.node.origin));
  return body;
}

Tensor computed(const Tensor& tensor, Precision precision) {
  const DType dtype = computed_dtype(tensor.dtype, precision);
  return tensor.dtype == dtype ? tensor : convert(tensor, dtype);
}

}  // namespace

Result<Types> infer_expanded(const OpView& op, const Expansion& expansion) {
  MOTE_TRY(const Body body, body_of(op, expansion));
  Types types;
  for (const Expansion::Ref& result : expansion.results) types.push_back(body.graph.at(body.value_of(result)).type);
  return types;
}

void eval_expanded(const OpView& op, const Expansion& expansion, Operands in, Outputs out,
                   Precision precision) {
  const auto body = body_of(op, expansion);
  MOTE_CHECK(body);
  std::vector<Tensor> values(body->graph.values.size());
  for (std::size_t i = 0; i < body->inputs.size(); ++i)
    if (body->inputs[i]) values[*body->inputs[i]] = computed(*in[i], precision);
  for (std::size_t i = 0; i < expansion.constants.size(); ++i)
    values[*body->constants[i]] = computed(expansion.constants[i], precision);
  for (const Node& node : body->graph.nodes) {
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs) operands.push_back(id ? &values[*id] : nullptr);
    values[*node.outputs[0]] = evaluate_node(body->graph, node, operands, precision).front();
  }
  for (std::size_t i = 0; i < out.size() && i < expansion.results.size(); ++i) {
    const Tensor& result = values[*body->value_of(expansion.results[i])];
    out[i] = result.dtype == out[i].dtype ? result : convert(result, out[i].dtype);
  }
}

}  // namespace ops
}  // namespace mote
