#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

class TermBuilder;

// A value of a graph that is being written, so that a formula reads as one: `dy * (1.0F - y * y)`. Every sign and
// function below adds a node. Arithmetic broadcasts; a float takes the other side's element type.
struct Term {
  TermBuilder* builder = nullptr;
  ValueId id{};
};

// Adds nodes to a graph, which stand for `origin` of the user's model. The first that cannot be built, which only
// limits on shapes can bring about, ends the building: what follows is ignored, and `status` says why.
class TermBuilder {
 public:
  TermBuilder(Graph& graph, Locus origin) : graph_(graph), origin_(std::move(origin)) {}

  [[nodiscard]] Term term(ValueId id) { return {this, id}; }
  // The result of a node of this operator.
  Term apply(std::string_view op, std::initializer_list<Term> operands, Attrs attrs = {});
  Term apply(std::string_view op, std::span<const Term> operands, Attrs attrs = {});
  Term constant(const Tensor& tensor);
  Term scalar(float value, DType dtype = DType::f32);
  [[nodiscard]] const TensorType& type_of(Term term) const { return graph_.at(term.id).type; }

  void refuse(Diagnostics why);
  [[nodiscard]] Status status() const;

 private:
  Graph& graph_;
  Locus origin_;
  std::optional<Diagnostics> failure_{};
};

Term operator+(Term a, Term b);
Term operator-(Term a, Term b);
Term operator*(Term a, Term b);
Term operator/(Term a, Term b);
Term operator-(Term a);
Term operator+(Term a, float b);
Term operator+(float a, Term b);
Term operator-(Term a, float b);
Term operator-(float a, Term b);
Term operator*(float a, Term b);
Term operator/(float a, Term b);

// One operand, no attributes: applied("Exp", x).
Term applied(std::string_view op, Term x);
// Truth values.
Term greater(Term a, Term b);
Term greater(Term a, float b);
Term less(Term a, Term b);
Term less(Term a, float b);
Term equal(Term a, Term b);
Term choose(Term condition, Term yes, Term no);
Term choose(Term condition, Term yes, float no);
Term choose(Term condition, float yes, Term no);

// The same elements under another shape; `reshaped(x, like)` the shape of `like`.
Term reshaped(Term x, std::vector<std::int64_t> extents);
Term reshaped(Term x, const Shape& shape);
Term expanded(Term x, const Shape& shape);
Term transposed(Term x, std::vector<std::int64_t> permutation);
// Sums over axes, which keep an extent of 1.
Term summed(Term x, std::vector<std::int64_t> axes);
// The sums over all axes along which `to` was repeated to become x.
Term summed_to(Term x, const Shape& to);
// `matrix` [rows, extent] times every column of x along `axis`, whose extent becomes `rows`.
Term multiplied_along(Term x, std::size_t axis, const Tensor& matrix);
// The matrix product; either operand turned on demand. Both of rank 2.
Term matrix_product(Term a, bool turn_a, Term b, bool turn_b, float factor = 1.0F);

}  // namespace mote
