#pragma once
#include <optional>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

// An operator written as others, as ONNX writes functions: what it computes, how its types follow, and what the passes
// replace it by are then one and the same.
struct Expansion {
  // An operand or a result: an input of the operator, a constant, the result of an earlier step, or nothing.
  struct Ref {
    enum class Kind : std::uint8_t { input, constant, step, none } kind = Kind::none;
    std::size_t index = 0;
  };
  struct Step {
    std::string_view op;  // with one result
    std::vector<Ref> operands{};
    Attrs attrs{};
  };

  std::vector<Tensor> constants{};
  std::vector<Step> steps{};
  std::vector<Ref> results{};  // one per output; each the result of a step

  static Ref input(std::size_t index) { return {.kind = Ref::Kind::input, .index = index}; }
  Ref constant(Tensor tensor);
  Ref add(std::string_view op, std::vector<Ref> operands, Attrs attrs = {});
};

// How a node's operator is written as others; nothing for operators that stand for themselves. The node's number of
// operands is legal, and each has a type.
[[nodiscard]] std::optional<Expansion> expansion_of(const OpView& op);

}  // namespace mote
