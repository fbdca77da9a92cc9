#pragma once
#include "lib/ops/evaluate.hpp"
#include "lib/ops/expansion.hpp"

// Type rule and reference evaluation of operators that are defined by an expansion.
namespace mote::ops {

[[nodiscard]] Result<Types> infer_expanded(const OpView& op, const Expansion& expansion);
// `reference`: in double precision throughout, so that nothing but the definition's own roundings occurs.
void eval_expanded(const OpView& op, const Expansion& expansion, Operands in, Outputs out, Precision precision);

}  // namespace mote::ops
