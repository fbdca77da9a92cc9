#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A Pad of rows 1..2 and columns 0..1 by `value`, then a window.
Graph padded(const std::string& before, const std::string& value, const std::string& window) {
  return graph_of("graph \"\"\ninput %i : f32[1x4x4x2]\nconstant @w : f32[3x3x2x3] = random 1\n"
                  "constant @v : f32[3x3x2] = random 2\n%x = " + before + "(%i) : f32[1x4x4x2]\n"
                  "%p = Pad(%x) {pads=[0,1,0,0,0,2,1,0], value=" + value + "} : f32[1x7x5x2]\n%y = " + window + "\noutput %y\n");
}

std::ptrdiff_t pads_left(const Graph& graph) { return count_of(run_pass("fold-pad", graph), "Pad"); }

const std::string max_pool = "MaxPool2d(%p) {kernel=[3,3], strides=[2,2]} : f32[1x3x2x2]";

}  // namespace

TEST_CASE("zeros around a convolution become its pads") {
  const Graph after = run_pass("fold-pad", padded("Relu", "0.0", "Conv2d(%p, @w) {pads=[1,0,0,1]} : f32[1x6x4x3]"));
  CHECK(body(after) == R"(%x = Relu(%i) : f32[1x4x4x2]
%y = Conv2d(%x, @w) {group=1, pads=[2,0,2,2]} : f32[1x6x4x3]
output %y
)");
  CHECK(pads_left(padded("Tanh", "0.0", "DepthwiseConv2d(%p, @v) : f32[1x5x3x2]")) == 0);
  CHECK(pads_left(padded("Tanh", "1.0", "Conv2d(%p, @w) : f32[1x5x3x3]")) == 1);
}

TEST_CASE("zeros count in a mean") {
  const Graph after = run_pass("fold-pad", padded("Tanh", "0.0", "AveragePool2d(%p) {kernel=[3,3]} : f32[1x5x3x2]"));
  CHECK(body(after).find("count_include_pad=1") != std::string::npos);
  CHECK(count_of(after, "Pad") == 0);
  CHECK(pads_left(padded("Tanh", "0.0", "AveragePool2d(%p) {kernel=[3,3], pads=[1,1,1,1]} : f32[1x7x5x2]")) == 1);
}

TEST_CASE("zeros hide in a maximum only where nothing is below them") {
  CHECK(pads_left(padded("Relu", "0.0", max_pool)) == 0);
  CHECK(pads_left(padded("Sigmoid", "0.0", max_pool)) == 0);
  CHECK(pads_left(padded("Tanh", "0.0", max_pool)) == 1);
  CHECK(pads_left(padded("Tanh", "-inf", max_pool)) == 0);
  CHECK(pads_left(padded("Relu", "0.0", "MaxPool2d(%p) {kernel=[2,3], strides=[1,2]} : f32[1x6x2x2]")) == 1);
}

TEST_CASE("channels, crops and mirror images are no padding of a window") {
  for (const char* const pad : {"{pads=[0,0,0,1,0,0,0,1]} : f32[1x4x4x4]", "{pads=[0,-1,0,0,0,1,0,2]} : f32[1x4x4x4]",
                                "{mode=\"reflect\", pads=[0,1,1,0,0,1,1,0]} : f32[1x6x6x2]"}) {
    const std::string text = pad;
    const bool two = text.ends_with("x2]");
    const Graph graph = graph_of("graph \"\"\ninput %x : f32[1x4x4x2]\nconstant @w : f32[1x1x" + std::string(two ? "2" : "4") +
                                 "x3] = random 1\n%p = Pad(%x) " + text + "\n%y = Conv2d(%p, @w) : f32[1x" +
                                 (two ? "6x6" : "4x4") + "x3]\noutput %y\n");
    CHECK(pads_left(graph) == 1);
  }
}
