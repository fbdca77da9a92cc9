#include "lib/ops/certificate.hpp"

#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/operand_interval.hpp"

namespace mote {
namespace {

using ops::Interval;

bool is_bounded(DType dtype) { return !is_float(dtype) && dtype != DType::boolean && byte_size(dtype) <= 4; }

Interval any_of(const TensorType& type) {
  if (is_bounded(type.dtype)) return ops::interval_of(type.dtype);
  return {Interval::minus_infinity, Interval::infinity};
}

std::vector<Interval> intervals_of_inputs(const OpView& op, const std::vector<Interval>& values) {
  std::vector<Interval> inputs;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    const bool is_listed = op.is_constant(i) && is_bounded(op.in(i).dtype);
    inputs.push_back(is_listed ? ops::operand_interval(op, i) : op.has_in(i) ? values[*op.node.inputs[i]] : Interval{});
  }
  return inputs;
}

// Operators that only move elements have nothing to prove.
bool computes(const IntegerBounds& bounds) { return bounds.unclamped || bounds.accumulator; }

bool gives_integers(const OpView& op) {
  return std::ranges::any_of(op.node.outputs, [&](ValueId id) { return id && is_bounded(op.graph.at(id).type.dtype); });
}

}  // namespace

int IntegerCertificate::least_bits_left() const {
  int least = 31;
  for (const CertifiedNode& node : nodes)
    if (node.bounds.accumulator) least = std::min(least, node.bounds.accumulator->bits_left());
  return least;
}

IntegerCertificate certify(const Graph& graph) {
  IntegerCertificate certificate;
  for (const Value& value : graph.values) certificate.values.push_back(any_of(value.type));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (op.node.op->bounds == nullptr || !gives_integers(op)) continue;
    CertifiedNode certified{.node = i, .inputs = intervals_of_inputs(op, certificate.values), .bounds = {}};
    certified.bounds = op.node.op->bounds(op, certified.inputs);
    for (const ValueId id : op.node.outputs)
      if (id && is_bounded(graph.at(id).type.dtype))
        certificate.values[*id] = ops::clamped(certified.bounds.output, any_of(graph.at(id).type));
    if (computes(certified.bounds)) certificate.nodes.push_back(std::move(certified));
  }
  return certificate;
}

}  // namespace mote
