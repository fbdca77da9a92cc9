#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("factors and shifts behind a convolution go into its weights and bias") {
  for (const char* const conv : {"Conv2d(%x, @w, @b)", "Conv2d(%x, @w)"}) {
    const Graph after = run_pass("fold-batch-norm", graph_of(std::string(R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[3x3x2x3] = random 1
constant @b : f32[3] = random 2
constant @s : f32[1x1x1x3] = random 3
constant @t : f32[1x1x3] = random 4
%a = )") + conv + R"( {pads=[1,1,1,1]} : f32[1x4x4x3]
%c = Mul(%a, @s) : f32[1x4x4x3]
%y = Add(@t, %c) : f32[1x4x4x3]
output %y
)"));
    REQUIRE(after.nodes.size() == 1);
    CHECK(after.nodes[0].inputs.size() == 3);
  }
}

TEST_CASE("depthwise with a multiplier and grouped convolutions fold on both sides") {
  for (const char* const conv : {"constant @w : f32[3x3x4] = random 1\n%b = DepthwiseConv2d(%a, @w)",
                                 "constant @w : f32[3x3x1x4] = random 1\n%b = Conv2d(%a, @w) {group=2}"}) {
    const Graph after = run_pass("fold-batch-norm", graph_of(std::string(R"(graph ""
input %x : f32[1x4x4x2]
constant @s : f32[2] = random 3
constant @t : f32[2] = random 4
constant @u : f32[4] = random 5
)") + std::string(conv).substr(0, std::string(conv).find('%')) + R"(
%d = Add(%x, @t) : f32[1x4x4x2]
%a = Mul(%d, @s) : f32[1x4x4x2]
)" + std::string(conv).substr(std::string(conv).find('%')) + R"( : f32[1x2x2x4]
%y = Mul(%b, @u) : f32[1x2x2x4]
output %y
)"));
    CHECK(after.nodes.size() == 1);
  }
}

TEST_CASE("a scalar counts for every channel, and Dense folds too") {
  check_pass("fold-batch-norm", R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
constant @half : f32[] = [0.5]
constant @t : f32[3] = random 2
%a = Add(%x, @t) : f32[2x3]
%b = Dense(%a, @w) : f32[2x4]
%y = Mul(%b, @half) : f32[2x4]
output %y
)",
             R"(%y = Dense(%x, @w, @t) : f32[2x4]
output %y
)");
}

TEST_CASE("a shift in front of a padded convolution stays: the border would differ") {
  const Graph after = run_pass("fold-batch-norm", graph_of(R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[3x3x2x3] = random 1
constant @t : f32[2] = random 4
%a = Add(%x, @t) : f32[1x4x4x2]
%y = Conv2d(%a, @w) {pads=[0,0,1,0]} : f32[1x3x2x3]
output %y
)"));
  CHECK(count_of(after, "Add") == 1);
}

TEST_CASE("behind a clamp, a residual or for two readers, a factor stays") {
  for (const char* const middle : {"%a = Dense(%x, @w) {low=0.0} : f32[2x3]\n%y = Mul(%a, @s) : f32[2x3]\n%z = Relu(%x) : f32[2x3]\n",
                                   "%a = Dense(%x, @w, _, %x) : f32[2x3]\n%y = Mul(%a, @s) : f32[2x3]\n%z = Relu(%x) : f32[2x3]\n",
                                   "%a = Dense(%x, @w) : f32[2x3]\n%y = Mul(%a, @s) : f32[2x3]\n%z = Relu(%a) : f32[2x3]\n"}) {
    const Graph after = run_pass("fold-batch-norm", graph_of(std::string("graph \"\"\ninput %x : f32[2x3]\nconstant @w : f32[3x3] = random 1\n") +
                                                             "constant @s : f32[3] = random 3\n" + middle + "output %y, %z\n"));
    CHECK(count_of(after, "Mul") == 1);
  }
}

TEST_CASE("chains of factors and of shifts become one each") {
  const Graph after = run_pass("fold-batch-norm", graph_of(R"(graph ""
input %x : f32[1x4x4x2]
constant @s : f32[2] = random 1
constant @t : f32[1] = random 2
constant @u : f32[1x1x1x2] = random 3
%r = Relu(%x) : f32[1x4x4x2]
%a = Mul(%r, @s) : f32[1x4x4x2]
%b = Mul(@t, %a) : f32[1x4x4x2]
%c = Add(%b, @u) : f32[1x4x4x2]
%y = Add(%c, @t) : f32[1x4x4x2]
output %y
)"));
  CHECK(after.nodes.size() == 3);
}
