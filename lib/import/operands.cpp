#include "lib/import/operands.hpp"

#include <algorithm>
#include <cmath>

#include "lib/import/names.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

struct Operand {
  const AttrSpec& spec;
  const Value& value;
  const Locus& where;
};

Diagnostic problem(const Operand& operand, Code code, const std::string& what, std::vector<std::string> help = {}) {
  Locus where = operand.where;
  where.value = plain(operand.value.name);
  return {.code = code, .message = "operand '" + std::string(operand.spec.name) + "' " + what,
          .where = std::move(where), .help = std::move(help)};
}

Diagnostic not_constant(const Graph& graph, ValueId id, const Operand& operand) {
  std::vector<std::string> help;
  if (std::ranges::find(graph.inputs, id) != graph.inputs.end())
    help.push_back("give its value with --constant " + plain(operand.value.name) + "=file.npy");
  else
    help.push_back("it is computed from the model's inputs; export the model with fixed shapes");
  return problem(operand, Code::needs_constant, "is not constant, but must be known at compile time", std::move(help));
}

std::optional<std::string> kind_problem(const AttrSpec& spec, const Tensor& tensor) {
  const bool wants_integers = spec.kind == AttrKind::integer || spec.kind == AttrKind::integers;
  const bool wants_one = spec.kind == AttrKind::integer || spec.kind == AttrKind::real;
  if (wants_integers && is_float(tensor.dtype)) return "is of type " + std::string(name_of(tensor.dtype)) + ", expected integers";
  if (wants_one && tensor.shape.elements() != 1) return "has the shape " + tensor.shape.text() + ", expected one element";
  if (!wants_one && spec.kind != AttrKind::literal && tensor.shape.rank() > 1)
    return "has the shape " + tensor.shape.text() + ", expected a list";
  if (spec.kind == AttrKind::text) return "must be an attribute";
  return std::nullopt;
}

// An attribute is a float: integers and doubles beyond its precision would silently change.
bool is_exact(double value) { return std::isnan(value) || static_cast<double>(static_cast<float>(value)) == value; }

// Bounds of double tensors are rounded to float where that is what single precision does anyway; integers are not.
bool reals_fit(const Tensor& tensor, const std::vector<double>& values) {
  return is_float(tensor.dtype) || std::ranges::all_of(values, is_exact);
}

Result<Attr> attribute_of(const Tensor& tensor, const Operand& operand) {
  if (const auto why = kind_problem(operand.spec, tensor)) return problem(operand, Code::unsupported_form, *why);
  switch (operand.spec.kind) {
    case AttrKind::integer: return Attr(tensor.to_integers().front());
    case AttrKind::integers: return Attr(tensor.to_integers());
    case AttrKind::literal:
      return Attr(Literal{.type = operand.value.type, .data = operand.value.data});
    case AttrKind::real:
    case AttrKind::reals:
    case AttrKind::text: break;
  }
  const std::vector<double> values = tensor.to_reals();
  if (!reals_fit(tensor, values))
    return problem(operand, Code::unsupported_form, "holds an integer that no float represents exactly");
  std::vector<float> reals;
  for (const double value : values) reals.push_back(static_cast<float>(value));
  if (operand.spec.kind == AttrKind::real) return Attr(reals.front());
  return Attr(std::move(reals));
}

}  // namespace

bool move_operands(const Graph& graph, Node& node, Problems& problems) {
  const std::size_t before = problems.count();
  std::vector<bool> moved(node.inputs.size(), false);
  for (const AttrSpec& spec : node.op->attrs) {
    if (spec.operand < 0 || static_cast<std::size_t>(spec.operand) >= node.inputs.size()) continue;
    const auto position = static_cast<std::size_t>(spec.operand);
    moved[position] = true;
    const ValueId id = node.inputs[position];
    if (!id) continue;
    const Operand operand{spec, graph.at(id), node.origin};
    if (!operand.value.is_constant()) {
      problems.add(not_constant(graph, id, operand));
      continue;
    }
    auto attr = attribute_of(graph.constant(id), operand);
    if (!attr)
      problems.add(std::move(attr.errors()));
    else if (!node.attrs.emplace(spec.name, *std::move(attr)).second)
      problems.add(problem(operand, Code::unsupported_form, "is given as an input and as an attribute"));
  }
  std::vector<ValueId> kept;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (!moved[i]) kept.push_back(node.inputs[i]);
  while (!kept.empty() && !kept.back()) kept.pop_back();
  node.inputs = std::move(kept);
  return problems.count() == before;
}

}  // namespace mote
