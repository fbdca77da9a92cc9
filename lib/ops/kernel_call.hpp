#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

using KernelField = std::variant<std::int32_t, float, double, bool>;

// In which order a kernel reads its first activation and writes its output; what the planner may make of it.
//   opaque       nothing is promised: input and output must not overlap
//   elementwise  output element i is written after element i of every same-shaped operand was read, in order of i
//   window       output pixels in row-major order, tile by tile of `tile_w` pixels; see codegen/kernels/conv2d_f32.hpp.
//                `<kernel>_backward` does the same from the last tile to the first: the planner picks the direction
enum class Traversal : std::uint8_t { opaque, elementwise, window };

// One call of one kernel template: pure data, no C++ text. The emitter prints
//   struct conv1 { static constexpr int32_t in_h = 28; … };
//   conv2d_f32(kws_layers::conv1{}, <operands>);   or   clip<float>(kws_layers::relu1{}, <operands>);
struct KernelCall {
  std::string header{};                                      // "conv2d_f32" = codegen/kernels/conv2d_f32.hpp
  std::string kernel{};                                      // the template's name in it
  std::vector<std::string> types{};                          // explicit leading template arguments: "float"
  std::vector<std::pair<std::string, KernelField>> fields{}; // the geometry struct, in the kernel's documented order
  std::vector<ValueId> operands{};                           // in call order; an empty id is passed as nullptr
  Traversal traversal = Traversal::opaque;
  std::int64_t scratch_bytes = 0;  // > 0: one further argument, a pointer to scratch in the arena
  std::int64_t macs = 0;
};

}  // namespace mote
