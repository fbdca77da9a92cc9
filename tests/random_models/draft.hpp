#pragma once
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::random_models {

// What the elements of a graph input are drawn from, besides extremes.
struct Range {
  float low = -4.0F, high = 4.0F;
};

// A network that is being put together. A value type: a node that turns out to be unfit is given up with its copy.
struct Draft {
  Graph graph{};
  std::vector<Range> ranges{};    // of the graph inputs
  std::vector<ValueId> values{};  // what nodes can read at run time, oldest first

  ValueId add_input(const TensorType& type, Range range);
  // Adds a node that its operator accepts.
  std::vector<ValueId> add_node(const OpDef& op, Attrs attrs, std::vector<ValueId> inputs, std::size_t outputs = 1);
  [[nodiscard]] bool is_used(ValueId value) const;
};

// A value to read next: mostly a recent one, as in real networks, and rather one that nothing reads yet.
[[nodiscard]] ValueId pick(const Draft& draft, Rng& rng);

// The elements of `value` as a tensor of this type: through a conversion, a cut or repetition, and a reshape, as far as
// the types ask for it. Neither has zero elements.
[[nodiscard]] ValueId fitted(Draft& draft, ValueId value, const TensorType& type, Rng& rng);

}  // namespace mote::random_models
