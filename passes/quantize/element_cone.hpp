#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// The element-wise nodes between one value and a result that depends on nothing else: x * sigmoid(x) is one cone, and
// so is a GELU spelled out. On 8-bit levels a cone is a table of 256 entries, exact whatever it computes.
struct ElementCone {
  ValueId source{};
  std::vector<Node> nodes{};  // in order of execution; the last one gives the result
};

using ProducerOf = std::function<const Node*(ValueId)>;
using IsSource = std::function<bool(ValueId)>;

// The cone that ends in `result`, whose source is the only value met for which `is_source` holds. Other operands are
// constants that hold one value. Nothing when the result depends on more or on other operators.
[[nodiscard]] std::optional<ElementCone> element_cone(const Graph& graph, ValueId result, const ProducerOf& producer,
                                                      const IsSource& is_source);

// Whether a node may take part in a cone: element by element, from f32 to f32.
[[nodiscard]] bool is_cone_node(const Graph& graph, const Node& node);

// The results of a cone for given values of its source, in double precision.
[[nodiscard]] std::vector<double> evaluate_cone(const Graph& graph, const ElementCone& cone,
                                                const std::vector<double>& sources);

}  // namespace mote
