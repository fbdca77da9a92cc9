#include "tests/random_models/draft.hpp"

#include <algorithm>

#include "tests/ops/single_node.hpp"

namespace mote::random_models {
namespace {

using Extents = std::vector<std::int64_t>;

const OpDef& op_named(std::string_view name) {
  const OpDef* op = find_op(name);
  MOTE_CHECK(op != nullptr);
  return *op;
}

ValueId add(Draft& draft, std::string_view op, Attrs attrs, std::vector<ValueId> inputs) {
  return draft.add_node(op_named(op), std::move(attrs), std::move(inputs)).front();
}

std::int64_t onnx_number(DType dtype) {
  for (std::int64_t number = 1; number < 32; ++number)
    if (dtype_from_onnx(number) == dtype) return number;
  MOTE_CHECK(false);
  return 0;
}

// An operator's sample that turns elements of `from` into `to`; its other operands become constants.
std::optional<Sample> converting_sample(const OpDef& op, const TensorType& from, DType to, Rng& rng) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    Sample sample = op.sample(rng);
    if (sample.inputs[0].type.dtype != from.dtype) continue;
    sample.inputs[0].type = from;
    auto graph = test::single_node(op, sample);
    if (!graph || graph->at(graph->outputs[0]).type.dtype != to) continue;
    const auto operands = test::instance_of(op, sample, rng).operands;
    for (std::size_t i = 1; i < sample.inputs.size(); ++i)
      if (sample.inputs[i].present) sample.inputs[i].constant = operands[i];
    if (test::single_node(op, sample)) return sample;
  }
  return std::nullopt;
}

ValueId converted(Draft& draft, ValueId value, DType to, Rng& rng) {
  const TensorType from = draft.graph.at(value).type;
  constexpr std::string_view converters[] = {"QuantizeLinear", "DequantizeLinear", "Requantize", "Cast"};
  const OpDef& op = op_named(converters[static_cast<std::size_t>(rng.integer(0, 3))]);
  const auto sample = converting_sample(op, from, to, rng);
  if (!sample) return add(draft, "Cast", {{"to", onnx_number(to)}}, {value});
  std::vector<ValueId> operands{value};
  for (std::size_t i = 1; i < sample->inputs.size(); ++i) {
    const Sample::Input& input = sample->inputs[i];
    operands.push_back(input.present ? draft.graph.add_constant("parameter", input.type,
                                                                std::make_shared<const Bytes>(input.constant->bytes))
                                     : ValueId{});
  }
  return draft.add_node(op, sample->attrs, operands).front();
}

ValueId reshaped(Draft& draft, ValueId value, Extents extents) {
  return add(draft, "Reshape", {{"shape", std::move(extents)}}, {value});
}

// A vector of `count` elements: part of the value, or the value several times over.
ValueId resized(Draft& draft, ValueId value, std::int64_t count, Rng& rng) {
  std::int64_t size = draft.graph.at(value).type.shape.elements();
  if (draft.graph.at(value).type.shape.rank() != 1) value = reshaped(draft, value, {size});
  if (size < count) {
    const std::int64_t repeats = (count + size - 1) / size;
    value = repeats <= 4 ? add(draft, "Concat", {{"axis", std::int64_t{0}}},
                               std::vector<ValueId>(static_cast<std::size_t>(repeats), value))
                         : add(draft, "Tile", {{"repeats", Extents{repeats}}}, {value});
    size *= repeats;
  }
  if (size == count) return value;
  const std::int64_t first = rng.chance(2) ? 0 : rng.integer(0, size - count);
  return add(draft, "Slice", {{"starts", Extents{first}}, {"ends", Extents{first + count}}, {"axes", Extents{0}}},
             {value});
}

}  // namespace

ValueId Draft::add_input(const TensorType& type, Range range) {
  const ValueId id = graph.add_value("x", type);
  graph.inputs.push_back(id);
  ranges.push_back(range);
  values.push_back(id);
  return id;
}

std::vector<ValueId> Draft::add_node(const OpDef& op, Attrs attrs, std::vector<ValueId> inputs, std::size_t outputs) {
  Node node{
      .op = &op,
      .attrs = std::move(attrs),
      .inputs = std::move(inputs),
      .origin = {
          .file = {}, .node = "n" + std::to_string(graph.nodes.size()), .op_type = std::string(op.name), .value = {}}};
  MOTE_CHECK(complete_attributes(op, node.attrs, node.origin));
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(graph.add_value("v", {}));
  const auto types = infer_types(graph, node);
  MOTE_CHECK(types && types->size() == outputs);
  for (std::size_t i = 0; i < outputs; ++i) graph.at(node.outputs[i]).type = (*types)[i];
  values.insert(values.end(), node.outputs.begin(), node.outputs.end());
  graph.nodes.push_back(node);
  return node.outputs;
}

bool Draft::is_used(ValueId value) const {
  return std::ranges::any_of(
      graph.nodes, [&](const Node& node) { return std::ranges::find(node.inputs, value) != node.inputs.end(); });
}

ValueId pick(const Draft& draft, Rng& rng) {
  const auto last = static_cast<std::int64_t>(draft.values.size()) - 1;
  const std::int64_t lowest = rng.chance(3) ? 0 : std::max<std::int64_t>(0, last - 3);
  const auto any = [&] { return draft.values[static_cast<std::size_t>(rng.integer(lowest, last))]; };
  const ValueId first = any();
  return draft.is_used(first) ? any() : first;
}

ValueId fitted(Draft& draft, ValueId value, const TensorType& type, Rng& rng) {
  if (draft.graph.at(value).type.dtype != type.dtype) value = converted(draft, value, type.dtype, rng);
  if (draft.graph.at(value).type.shape.elements() != type.shape.elements())
    value = resized(draft, value, type.shape.elements(), rng);
  if (draft.graph.at(value).type.shape == type.shape) return value;
  return reshaped(draft, value, {type.shape.extents().begin(), type.shape.extents().end()});
}

}  // namespace mote::random_models
