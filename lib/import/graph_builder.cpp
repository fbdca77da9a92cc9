#include "lib/import/graph_builder.hpp"

#include <algorithm>

#include "lib/import/attribute_decode.hpp"
#include "lib/import/constant_node.hpp"
#include "lib/import/legacy_broadcast.hpp"
#include "lib/import/names.hpp"
#include "lib/import/operands.hpp"
#include "lib/import/outputs.hpp"
#include "lib/import/topology.hpp"

namespace mote {
namespace {

TensorSource source_for(const std::string& folder, const ImportOptions& options) {
  return {.limits = options.limits, .allow_external_data = options.allow_external_data, .folder = folder};
}

std::int64_t integer_attribute(const onnx::NodeProto& node, std::string_view name) {
  for (const auto& attribute : node.attribute())
    if (attribute.name() == name) return attribute.i();
  return 0;
}

// A cast of half-precision constants to float or double is exact, however the constant is stored.
bool is_widening_cast(const onnx::NodeProto& node) {
  if (node.op_type() != "Cast") return false;
  const std::int64_t to = integer_attribute(node, "to");
  return to == onnx::TensorProto::FLOAT || to == onnx::TensorProto::DOUBLE;
}

Diagnostic about_value(const std::string& name, Code code, std::string message, std::vector<std::string> help = {}) {
  return {.code = code, .message = std::move(message), .where = {.value = plain(name)}, .help = std::move(help)};
}

Blob blob_of(Tensor tensor) { return std::make_shared<const Bytes>(std::move(tensor.bytes)); }

}  // namespace

GraphBuilder::GraphBuilder(onnx::ModelProto& model, const std::string& folder, const ImportOptions& options)
    : model_(model),
      options_(options),
      problems_(options.limits.problems),
      source_(source_for(folder, options)),
      folder_(options.limits) {}

Result<ImportedModel> GraphBuilder::build() {
  functions_ = functions_of(model_);
  opsets_ = read_opsets(model_, problems_, notes_);
  if (!check_outline()) return problems_.take();
  graph_.name = model_.graph().name();
  add_initializers();
  add_inputs();
  add_nodes();
  add_outputs();
  if (!problems_.empty()) return problems_.take();
  for (const auto& [id, wanted] : unnamed_) graph_.rename(id, wanted);
  produce_outputs(graph_);
  drop_unread_constants(graph_);
  const auto opset = opsets_.find("");
  return ImportedModel{.graph = std::move(graph_),
                       .notes = std::move(notes_),
                       .sha256 = {},
                       .opset = opset == opsets_.end() ? 0 : opset->second,
                       .producer = plain(model_.producer_name()),
                       .external = std::move(source_.external)};
}

void GraphBuilder::add_initializers() {
  const auto claim = [&](const std::string& name) {
    if (name.empty()) problems_.add(about_value(name, Code::malformed_graph, "an initializer has no name"));
    if (name.empty() || given_.insert(name).second) return !name.empty();
    problems_.add(about_value(name, Code::malformed_graph, "two initializers have this name"));
    return false;
  };
  for (auto& stored : *model_.mutable_graph()->mutable_initializer()) {
    const std::string name = stored.name();
    if (!claim(name)) continue;
    auto tensor = decode_tensor(stored, source_, widened_by_readers(name));
    stored.Clear();  // the elements are held once, not twice
    if (!tensor)
      problems_.add(std::move(tensor.errors()));
    else
      add_constant(name, *std::move(tensor));
  }
  for (const auto& stored : model_.graph().sparse_initializer()) {
    const std::string& name = stored.values().name();
    if (!claim(name)) continue;
    auto tensor = decode_sparse(stored, source_);
    if (!tensor)
      problems_.add(std::move(tensor.errors()));
    else
      add_constant(name, *std::move(tensor));
  }
}

void GraphBuilder::add_inputs() {
  InputTypes types(options_);
  for (const auto& input : model_.graph().input()) types.bind_symbols(input);
  std::unordered_set<std::string> seen;
  for (const auto& input : model_.graph().input()) {
    const std::string& name = input.name();
    if (name.empty() || !seen.insert(name).second) {
      problems_.add(about_value(name, Code::malformed_graph, name.empty() ? "a graph input has no name" : "two graph inputs have this name"));
      continue;
    }
    // Up to IR version 3 every initializer is listed as an input too; it only has a default value then.
    if (given_.contains(name) && !options_.constants.contains(name)) continue;
    given_.insert(name);
    values_.erase(name);
    auto type = types.type_of(input, notes_);
    if (!type) {
      problems_.add(std::move(type.errors()));
    } else if (!fixed_by_option(input, *type)) {
      const ValueId id = add_value(name, *std::move(type));
      define(name, id);
      graph_.inputs.push_back(id);
    }
  }
  const auto check_known = [&](const auto& named, std::string_view option) {
    for (const auto& [name, value] : named)
      if (!seen.contains(name))
        problems_.add(about_value(name, Code::unknown_name, std::string(option) + " names no input of the model"));
  };
  check_known(options_.shapes, "--shape");
  check_known(options_.constants, "--constant");
}

bool GraphBuilder::fixed_by_option(const onnx::ValueInfoProto& input, const TensorType& type) {
  const auto given = options_.constants.find(input.name());
  if (given == options_.constants.end()) return false;
  const Tensor& tensor = given->second;
  bool fits = tensor.dtype == type.dtype && tensor.shape.rank() == type.shape.rank();
  // A free extent takes what the constant has.
  for (int axis = 0; fits && axis < input.type().tensor_type().shape().dim_size(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    fits = !input.type().tensor_type().shape().dim(axis).has_dim_value() || tensor.shape[at] == type.shape[at];
  }
  if (!fits)
    problems_.add(about_value(input.name(), Code::shape_mismatch,
                              "--constant gives " + std::string(name_of(tensor.dtype)) + " " + tensor.shape.text() +
                                  ", the model declares " + std::string(name_of(type.dtype)) + " " + type.shape.text()));
  else
    add_constant(input.name(), tensor);
  return true;
}

void GraphBuilder::add_nodes() {
  const auto is_given = [&](const std::string& name) { return given_.contains(name); };
  for (const int index : order_nodes(model_.graph(), is_given, problems_))
    add_node(model_.graph().node(index), locus_of(model_.graph().node(index), index));
}

void GraphBuilder::add_outputs() {
  if (model_.graph().output_size() == 0)
    problems_.add(Diagnostic{.code = Code::malformed_graph, .message = "the graph has no output"});
  std::unordered_set<std::string> seen;
  for (const auto& output : model_.graph().output()) {
    const auto found = values_.find(output.name());
    if (!seen.insert(output.name()).second)
      problems_.add(about_value(output.name(), Code::malformed_graph, "two graph outputs have this name"));
    else if (found != values_.end())
      graph_.outputs.push_back(found->second);
    else if (problems_.empty())  // else a node with a problem should have defined it
      problems_.add(about_value(output.name(), Code::malformed_graph, "the graph output is never defined"));
  }
}

// Graph::add_value makes a name unique by searching; names of a model are unique already, and there may be many.
ValueId GraphBuilder::add_value(std::string name, TensorType type) {
  graph_.values.push_back({.name = std::move(name), .type = std::move(type), .data = {}});
  return ValueId{static_cast<std::uint32_t>(graph_.values.size() - 1)};
}

void GraphBuilder::add_constant(const std::string& name, Tensor tensor) {
  const ValueId id = add_value(name, {.dtype = tensor.dtype, .shape = std::move(tensor.shape)});
  graph_.at(id).data = blob_of(std::move(tensor));
  define(name, id);
}

Widened GraphBuilder::widened_by_readers(const std::string& name) const {
  return {.floats = !not_only_cast_.contains(name), .levels = !not_only_dequantized_.contains(name)};
}

const OpDef* GraphBuilder::operator_of(const onnx::NodeProto& stored, const Locus& where) {
  const std::string domain = canonical_domain(stored.domain());
  const OpDef* op = find_onnx_op(domain, stored.op_type());
  if (op == nullptr || has_subgraph(stored) || is_call(functions_, stored)) {
    if (++unsupported_ <= options_.limits.unsupported_problems)
      problems_.add(unsupported_operator(functions_, stored, where));
    return nullptr;
  }
  const auto opset = opsets_.find(domain);
  if (opset == opsets_.end()) {
    problems_.add(Diagnostic{.code = Code::malformed_model,
                             .message = "the model does not import the operator set of domain " + shown(domain),
                             .where = where});
    return nullptr;
  }
  auto known = check_version(*op, opset->second, where);
  if (!known) problems_.add(std::move(known.errors()));
  return known ? op : nullptr;
}

bool GraphBuilder::resolve_inputs(const onnx::NodeProto& stored, Node& node) {
  for (const std::string& name : stored.input()) {
    const auto found = values_.find(name);
    if (!name.empty() && found == values_.end()) return false;
    node.inputs.push_back(name.empty() ? ValueId{} : found->second);
  }
  while (!node.inputs.empty() && !node.inputs.back()) node.inputs.pop_back();
  return true;
}

void GraphBuilder::add_constant_node(const onnx::NodeProto& stored, const Locus& where) {
  if (stored.input_size() != 0 || stored.output_size() != 1 || stored.output(0).empty()) {
    problems_.add(Diagnostic{.code = Code::wrong_arity,
                             .message = std::to_string(stored.input_size()) + " inputs and " +
                                        std::to_string(stored.output_size()) + " outputs, expected 0 and 1",
                             .where = where});
    return;
  }
  const std::string& name = stored.output(0);
  auto tensor = constant_node_value(stored, source_, widened_by_readers(name), where);
  if (!tensor)
    problems_.add(std::move(tensor.errors()));
  else
    add_constant(name, *std::move(tensor));
}

void GraphBuilder::add_node(const onnx::NodeProto& stored, const Locus& where) {
  const bool is_constant = stored.op_type() == "Constant" && canonical_domain(stored.domain()).empty();
  if (is_constant) return add_constant_node(stored, where);
  const OpDef* op = operator_of(stored, where);
  Node node{.op = op, .origin = where};
  if (op == nullptr || !resolve_inputs(stored, node)) return;

  const std::size_t before = problems_.count();
  node.attrs = decode_attributes(stored, source_, where, problems_);
  if (problems_.count() > before || !move_operands(graph_, node, problems_)) return;
  const std::int64_t opset = opsets_.at(std::string(op->onnx.domain));
  if (op->adapt != nullptr) op->adapt(opset, node.attrs);
  if (!align_operand(node, opset)) return;
  if (auto complete = complete_attributes(*op, node.attrs, where); !complete)
    return problems_.add(std::move(complete.errors()));
  for (const std::string& name : stored.output())
    node.outputs.push_back(name.empty() ? ValueId{} : add_value(name, {}));
  while (!node.outputs.empty() && !node.outputs.back()) node.outputs.pop_back();
  add_typed(std::move(node));
}

bool GraphBuilder::align_operand(Node& node, std::int64_t opset) {
  auto extents = align_legacy_operand(graph_, node, opset);
  if (!extents) {
    problems_.add(std::move(extents.errors()));
    return false;
  }
  if (!*extents) return true;
  const ValueId operand = node.inputs[1];
  const ValueId aligned = add_value({}, {});
  unnamed_.push_back({aligned, graph_.at(operand).name + "_aligned"});
  Node reshape{.op = find_op("Reshape"), .attrs = {{"shape", **std::move(extents)}}, .inputs = {operand},
               .outputs = {aligned}, .origin = node.origin};
  MOTE_CHECK(bool{complete_attributes(*reshape.op, reshape.attrs, reshape.origin)});
  add_typed(std::move(reshape));
  node.inputs[1] = aligned;
  return true;
}

// Only outputs whose type is known get a place in `values_`, so that nothing is built upon the others.
void GraphBuilder::add_typed(Node node) {
  const auto types = infer_types(graph_, node);
  if (!types) return problems_.add(types.errors());
  if (types->size() < node.outputs.size())
    return problems_.add(Diagnostic{.code = Code::unsupported_form,
                                    .message = "the operator gives " + std::to_string(types->size()) +
                                               " outputs here, the node has " + std::to_string(node.outputs.size()),
                                    .where = node.origin});
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (!node.outputs[i]) continue;
    graph_.at(node.outputs[i]).type = (*types)[i];
    define(graph_.at(node.outputs[i]).name, node.outputs[i]);
  }
  const auto folded = folder_.fold(graph_, node);
  for (std::size_t i = 0; folded && i < node.outputs.size(); ++i)
    if (node.outputs[i]) graph_.at(node.outputs[i]).data = blob_of((*folded)[i]);
  if (!folded) graph_.nodes.push_back(std::move(node));
}

bool GraphBuilder::check_outline() {
  const std::size_t before = problems_.count();
  const onnx::GraphProto& graph = model_.graph();
  const ImportLimits& limits = options_.limits;
  std::int64_t names = std::int64_t{graph.input_size()} + graph.initializer_size() + graph.sparse_initializer_size();
  for (const auto& node : graph.node()) names += node.output_size();
  const auto check_count = [&](std::int64_t count, std::int64_t most, const std::string& what) {
    if (count > most)
      problems_.add(Diagnostic{.code = Code::limit_exceeded,
                               .message = "the graph has " + std::to_string(count) + " " + what + ", the limit is " +
                                          std::to_string(most)});
  };
  check_count(graph.node_size(), limits.nodes, "nodes");
  check_count(names, limits.values, "tensors");

  const auto check_name = [&](const std::string& name, const Locus& where) {
    if (auto why = name_problem(name, limits))
      problems_.add(Diagnostic{.code = Code::malformed_model, .message = *std::move(why), .where = where});
  };
  check_name(graph.name(), {});
  for (const auto& input : graph.input()) check_name(input.name(), {});
  for (const auto& output : graph.output()) check_name(output.name(), {});
  for (const auto& tensor : graph.initializer()) check_name(tensor.name(), {});
  for (const auto& tensor : graph.sparse_initializer()) check_name(tensor.values().name(), {});
  for (int i = 0; i < graph.node_size(); ++i) {
    const onnx::NodeProto& node = graph.node(i);
    const Locus where = locus_of(node, i);
    for (const std::string* name : {&node.name(), &node.op_type(), &node.domain()}) check_name(*name, where);
    for (const std::string& name : node.input()) check_name(name, where);
    for (const std::string& name : node.output()) check_name(name, where);
    for (const auto& attribute : node.attribute()) check_name(attribute.name(), where);
    if (!is_widening_cast(node)) not_only_cast_.insert(node.input().begin(), node.input().end());
    if (node.op_type() != "DequantizeLinear") not_only_dequantized_.insert(node.input().begin(), node.input().end());
  }
  for (const auto& output : graph.output()) {
    not_only_cast_.insert(output.name());
    not_only_dequantized_.insert(output.name());
  }
  return problems_.count() == before;
}

}  // namespace mote
