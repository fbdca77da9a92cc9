#include "lib/ops/term.hpp"

#include <utility>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote {
namespace {

std::vector<std::int64_t> extents_of(const Shape& shape) { return ops::extents_of(shape); }

const Shape& shape_of(Term term) { return term.builder->type_of(term).shape; }
Term like(Term term, float value) { return term.builder->scalar(value, term.builder->type_of(term).dtype); }
Term two(std::string_view op, Term a, Term b) { return a.builder->apply(op, {a, b}); }

}  // namespace

void TermBuilder::refuse(Diagnostics why) {
  if (!failure_) failure_ = std::move(why);
}

Status TermBuilder::status() const {
  if (failure_) return *failure_;
  return Ok{};
}

Term TermBuilder::apply(std::string_view op, std::initializer_list<Term> operands, Attrs attrs) {
  return apply(op, std::span<const Term>(operands.begin(), operands.size()), std::move(attrs));
}

// After a failure the id that comes back is never looked at.
Term TermBuilder::apply(std::string_view op, std::span<const Term> operands, Attrs attrs) {
  if (failure_) return operands.front();
  Node node{.op = find_op(op), .attrs = std::move(attrs), .inputs = {}, .outputs = {}, .origin = origin_};
  MOTE_CHECK(node.op != nullptr);
  for (const Term& operand : operands) node.inputs.push_back(operand.id);
  const Status complete = complete_attributes(*node.op, node.attrs, node.origin);
  MOTE_CHECK(complete);
  node.outputs = {graph_.add_value("term", {})};
  auto types = infer_types(graph_, node);
  if (!types) {
    refuse(std::move(types.errors()));
    return operands.front();
  }
  graph_.at(node.outputs[0]).type = std::move(types->front());
  graph_.nodes.push_back(std::move(node));
  return term(graph_.nodes.back().outputs[0]);
}

Term TermBuilder::constant(const Tensor& tensor) {
  return term(graph_.add_constant("constant", {.dtype = tensor.dtype, .shape = tensor.shape},
                                  std::make_shared<const Bytes>(tensor.bytes)));
}

Term TermBuilder::scalar(float value, DType dtype) {
  Tensor tensor = Tensor::zeros(DType::f32, {});
  tensor.as<float>()[0] = value;
  return constant(dtype == DType::f32 ? tensor : convert(tensor, dtype));
}

Term operator+(Term a, Term b) { return two("Add", a, b); }
Term operator-(Term a, Term b) { return two("Sub", a, b); }
Term operator*(Term a, Term b) { return two("Mul", a, b); }
Term operator/(Term a, Term b) { return two("Div", a, b); }
Term operator-(Term a) { return applied("Neg", a); }
Term operator+(Term a, float b) { return a + like(a, b); }
Term operator+(float a, Term b) { return like(b, a) + b; }
Term operator-(Term a, float b) { return a - like(a, b); }
Term operator-(float a, Term b) { return like(b, a) - b; }
Term operator*(float a, Term b) { return like(b, a) * b; }
Term operator/(float a, Term b) { return like(b, a) / b; }

Term applied(std::string_view op, Term x) { return x.builder->apply(op, {x}); }
Term greater(Term a, Term b) { return two("Greater", a, b); }
Term greater(Term a, float b) { return greater(a, like(a, b)); }
Term less(Term a, Term b) { return two("Less", a, b); }
Term less(Term a, float b) { return less(a, like(a, b)); }
Term equal(Term a, Term b) { return two("Equal", a, b); }
Term choose(Term condition, Term yes, Term no) { return condition.builder->apply("Where", {condition, yes, no}); }
Term choose(Term condition, Term yes, float no) { return choose(condition, yes, like(yes, no)); }
Term choose(Term condition, float yes, Term no) { return choose(condition, like(no, yes), no); }

Term reshaped(Term x, std::vector<std::int64_t> extents) {
  if (extents == extents_of(shape_of(x))) return x;
  return x.builder->apply("Reshape", {x}, {{"shape", std::move(extents)}, {"allowzero", std::int64_t{1}}});
}
Term reshaped(Term x, const Shape& shape) { return reshaped(x, extents_of(shape)); }

Term expanded(Term x, const Shape& shape) {
  if (shape == shape_of(x)) return x;
  return x.builder->apply("Expand", {x}, {{"shape", extents_of(shape)}});
}

Term transposed(Term x, std::vector<std::int64_t> permutation) {
  return x.builder->apply("Transpose", {x}, {{"perm", std::move(permutation)}});
}

Term summed(Term x, std::vector<std::int64_t> axes) {
  if (axes.empty()) return x;
  return x.builder->apply("ReduceSum", {x}, {{"axes", std::move(axes)}});
}

Term summed_to(Term x, const Shape& to) {
  const Shape from = shape_of(x);
  if (from == to) return x;
  if (from.rank() < to.rank()) return reshaped(expanded(x, to), to);
  std::vector<std::int64_t> axes;
  const std::size_t missing = from.rank() - to.rank();
  for (std::size_t axis = 0; axis < from.rank(); ++axis)
    if (from[axis] != 1 && (axis < missing || to[axis - missing] == 1)) axes.push_back(static_cast<std::int64_t>(axis));
  return reshaped(summed(x, std::move(axes)), to);
}

Term multiplied_along(Term x, std::size_t axis, const Tensor& matrix) {
  std::vector<std::int64_t> extents = extents_of(shape_of(x));
  const ops::AxisSplit split = ops::split_at(shape_of(x), axis);
  const Term columns = reshaped(x, {split.outer, split.extent, split.inner});
  const Tensor typed = convert(matrix, x.builder->type_of(x).dtype);
  extents[axis] = matrix.shape[0];
  return reshaped(x.builder->apply("MatMul", {x.builder->constant(typed), columns}), std::move(extents));
}

Term matrix_product(Term a, bool turn_a, Term b, bool turn_b, float factor) {
  return a.builder->apply("Gemm", {a, b},
                          {{"alpha", factor}, {"transA", std::int64_t{turn_a}}, {"transB", std::int64_t{turn_b}}});
}

}  // namespace mote
