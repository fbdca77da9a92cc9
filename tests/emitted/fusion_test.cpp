// What only passes put together, in emitted code: a product that adds another branch and clamps, and chains of operators
// of two operands. The bits of the interpreter.
#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/ops/text_form.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;

namespace {

struct Compiled {
  Graph graph{};
  Result<FileTree> drop;
};

Compiled compile(std::string_view text) {
  const auto target = find_target("host");
  REQUIRE(target);
  const auto graph = parse(text);
  REQUIRE(graph);
  auto fused = run_passes(standard_pipeline(), *graph, {*target});
  REQUIRE(fused);
  return {*std::move(fused), test::drop_of(*graph, *target, {random_inputs(*graph, 1), random_inputs(*graph, 2)})};
}

void check_same_bits(const Compiled& compiled) {
  INFO((compiled.drop ? "" : render(compiled.drop.error())));
  REQUIRE(compiled.drop);
  CHECK(test::build_and_run(*compiled.drop) == "");
}

// Nodes of an operator with a residual and an upper and a lower bound.
std::ptrdiff_t count_fused(const Graph& graph, std::string_view op) {
  return std::ranges::count_if(graph.nodes, [&](const Node& node) {
    return node.op->name == op && node.inputs.size() == 4 && node.inputs[3] && node.attrs.contains("low") &&
           node.attrs.contains("high");
  });
}

}  // namespace

TEST_CASE("a convolution that adds a residual and clamps") {
  const Compiled compiled = compile(R"(graph ""
input %x : f32[1x5x9x7]
constant @w : f32[5x5x3x3] = random 1
constant @b : f32[5] = random 2
%c = Conv(%x, @w, @b) {kernel_shape=[3,3], pads=[1,1,1,1]} : f32[1x5x9x7]
%s = Add(%c, %x) : f32[1x5x9x7]
%y = Clip(%s) {max=6.0, min=-0.5} : f32[1x5x9x7]
output %y
)");
  CHECK(count_fused(compiled.graph, "Conv2d") == 1);
  check_same_bits(compiled);
}

TEST_CASE("a depthwise convolution that adds a residual and clamps") {
  const Compiled compiled = compile(R"(graph ""
input %x : f32[1x6x8x5]
constant @w : f32[6x1x3x3] = random 1
%c = Conv(%x, @w) {group=6, kernel_shape=[3,3], pads=[1,1,1,1]} : f32[1x6x8x5]
%s = Add(%x, %c) : f32[1x6x8x5]
%y = Clip(%s) {max=1.0, min=-1.0} : f32[1x6x8x5]
output %y
)");
  CHECK(count_fused(compiled.graph, "DepthwiseConv2d") == 1);
  check_same_bits(compiled);
}

TEST_CASE("a dense layer that adds a residual and clamps") {
  const Compiled compiled = compile(R"(graph ""
input %x : f32[3x11]
constant @w : f32[11x11] = random 1
constant @b : f32[11] = random 2
%d = Gemm(%x, @w, @b) : f32[3x11]
%s = Add(%d, %x) : f32[3x11]
%y = Clip(%s) {max=2.0, min=0.0} : f32[3x11]
output %y
)");
  CHECK(count_fused(compiled.graph, "Dense") == 1);
  check_same_bits(compiled);
}

TEST_CASE("many operands that are broadcast along single axes, and a Tile along every axis") {
  check_same_bits(compile(R"(graph ""
input %a : f32[2x3]
input %b : f32[3]
input %c : f32[2x1]
%x = Max(%a, %b, %c) : f32[2x3]
%n = Min(%b, %c, %a, %b) : f32[2x3]
%m = Mean(%c, %n, %b) : f32[2x3]
%r = Reshape(%a) {allowzero=0, shape=[1,2,3,1]} : f32[1x2x3x1]
%t = Tile(%r) {repeats=[2,3,2,2]} : f32[2x6x6x2]
output %x, %m, %t
)"));
}
