#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("a convolution becomes channels last, between transposes") {
  check_pass("to-nhwc", R"(graph ""
input %x : f32[1x2x5x6]
constant @w : f32[4x2x3x3] = random 1
constant @b : f32[4] = random 2
%y = Conv(%x, @w, @b) {pads=[1,0,1,2], strides=[2,1]} : f32[1x4x3x6]
output %y
)",
             R"(%y_2 = Transpose(%x) {perm=[0,2,3,1]} : f32[1x5x6x2]
%y_3 = Conv2d(%y_2, @w, @b) {dilations=[1,1], group=1, pads=[1,0,1,2], strides=[2,1]} : f32[1x3x6x4]
%y = Transpose(%y_3) {perm=[0,3,1,2]} : f32[1x4x3x6]
output %y
)");
}

TEST_CASE("one group per channel is depthwise, with or without a multiplier") {
  check_pass("to-nhwc", R"(graph ""
input %x : f32[1x3x4x4]
constant @w : f32[6x1x3x3] = random 1
%y = Conv(%x, @w) {group=3} : f32[1x6x2x2]
output %y
)",
             R"(%y_2 = Transpose(%x) {perm=[0,2,3,1]} : f32[1x4x4x3]
%y_3 = DepthwiseConv2d(%y_2, @w) {dilations=[1,1], pads=[0,0,0,0], strides=[1,1]} : f32[1x2x2x6]
%y = Transpose(%y_3) {perm=[0,3,1,2]} : f32[1x6x2x2]
output %y
)");
}

TEST_CASE("groups of several channels stay groups") {
  const Graph after = run_pass("to-nhwc", graph_of(R"(graph ""
input %x : f32[2x4x5x5]
constant @w : f32[6x2x2x3] = random 3
%y = Conv(%x, @w) {group=2, dilations=[2,1], auto_pad="SAME_LOWER"} : f32[2x6x5x5]
output %y
)"));
  CHECK(count_of(after, "Conv2d") == 1);
  CHECK(body(after).find("dilations=[2,1], group=2, pads=[1,1,1,1], strides=[1,1]") != std::string::npos);
}

TEST_CASE("one spatial axis is an image of height 1") {
  check_pass("to-nhwc", R"(graph ""
input %x : f32[1x3x7]
constant @w : f32[4x3x3] = random 1
%y = Conv(%x, @w) {dilations=[2], pads=[1,0], strides=[2]} : f32[1x4x2]
output %y
)",
             R"(%y_2 = Transpose(%x) {perm=[0,2,1]} : f32[1x7x3]
%y_3 = Reshape(%y_2) {allowzero=0, shape=[1,1,7,3]} : f32[1x1x7x3]
%y_4 = Conv2d(%y_3, @w) {dilations=[1,2], group=1, pads=[0,1,0,0], strides=[1,2]} : f32[1x1x2x4]
%y_5 = Reshape(%y_4) {allowzero=0, shape=[1,2,4]} : f32[1x2x4]
%y = Transpose(%y_5) {perm=[0,2,1]} : f32[1x4x2]
output %y
)");
}

TEST_CASE("pools become channels last; automatic pads become numbers") {
  check_pass("to-nhwc", R"(graph ""
input %x : f32[1x3x5x5]
%a = AveragePool(%x) {auto_pad="SAME_UPPER", kernel_shape=[2,2], strides=[2,2]} : f32[1x3x3x3]
%y = MaxPool(%a) {ceil_mode=1, kernel_shape=[2,2], strides=[2,2]} : f32[1x3x2x2]
output %y
)",
             R"(%a_2 = Transpose(%x) {perm=[0,2,3,1]} : f32[1x5x5x3]
%a_3 = AveragePool2d(%a_2) {ceil_mode=0, count_include_pad=0, dilations=[1,1], kernel=[2,2], pads=[0,0,1,1], strides=[2,2]} : f32[1x3x3x3]
%y_2 = MaxPool2d(%a_3) {ceil_mode=1, dilations=[1,1], kernel=[2,2], pads=[0,0,0,0], strides=[2,2]} : f32[1x2x2x3]
%y = Transpose(%y_2) {perm=[0,3,1,2]} : f32[1x3x2x2]
output %y
)");
}

TEST_CASE("what the core operators cannot do stays channels first") {
  for (const char* const graph : {R"(graph ""
input %x : f32[1x1x3x3x3]
constant @w : f32[1x1x2x2x2] = random 1
%y = Conv(%x, @w) : f32[1x1x2x2x2]
output %y
)",
                                  R"(graph ""
input %x : f32[1x1x3x3]
input %w : f32[1x1x2x2]
%y = Conv(%x, %w) : f32[1x1x2x2]
output %y
)",
                                  R"(graph ""
input %x : f64[1x1x3x3]
constant @w : f64[1x1x2x2] = random 1
%y = Conv(%x, @w) : f64[1x1x2x2]
output %y
)",
                                  R"(graph ""
input %x : f32[1x1x3x3]
%y, %i = MaxPool(%x) {kernel_shape=[2,2]} : f32[1x1x2x2], s64[1x1x2x2]
output %y, %i
)"}) {
    const Graph after = run_pass("to-nhwc", graph_of(graph));
    CHECK(after.nodes.size() == 1);
  }
}
