#pragma once
#include "lib/ops/op_def.hpp"

namespace mote::plan_test {

// Operators that exist only for the planner's tests: they have views and kernel calls, but no values.
//   Mix     reads its inputs in no promised order; attribute `scratch`
//   Each    elementwise on same-shaped inputs
//   Join    its inputs one after the other (a concatenation along the first axis)
//   Cut     elements [offset, …) of its input
//   Window  a window kernel; its attributes are the geometry of conv2d_f32 or, with `multiplier`, depthwise_conv2d_f32;
//           inputs: x, a residual or nothing
[[nodiscard]] const OpDef& mix_op();
[[nodiscard]] const OpDef& each_op();
[[nodiscard]] const OpDef& join_op();
[[nodiscard]] const OpDef& cut_op();
[[nodiscard]] const OpDef& window_op();

// Builds graphs of f32 vectors.
class GraphBuilder {
 public:
  ValueId input(std::int64_t elements);
  ValueId constant(std::int64_t elements);
  ValueId mix(std::vector<ValueId> inputs, std::int64_t elements, std::int64_t scratch = 0);
  ValueId each(std::vector<ValueId> inputs);
  ValueId join(std::vector<ValueId> inputs);
  ValueId cut(ValueId input, std::int64_t offset, std::int64_t elements);
  // `geometry`: in_h, in_w, in_c, out_h, … ; fills in what is missing for a 1x1 convolution of one image.
  ValueId window(ValueId input, Attrs geometry, ValueId residual = {});
  void output(ValueId value) { graph.outputs.push_back(value); }

  [[nodiscard]] std::int64_t elements(ValueId value) const { return graph.at(value).type.shape.elements(); }
  Graph graph{};

 private:
  ValueId add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs, std::int64_t elements);
};

// About `nodes` nodes of all kinds; outputs that are inputs, constants, views and duplicates occur.
[[nodiscard]] Graph random_graph(Rng& rng, std::int64_t nodes);

}  // namespace mote::plan_test
