#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("inverse transposes meet through a chain of element-wise operators") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x4x5x3]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x3x4x5]
%b = Relu(%a) : f32[1x3x4x5]
%c = Clip(%b) {max=0.5} : f32[1x3x4x5]
%y = Transpose(%c) {perm=[0,2,3,1]} : f32[1x4x5x3]
output %y
)",
             R"(%b_2 = Relu(%x) : f32[1x4x5x3]
%y = Clip(%b_2) {max=0.5} : f32[1x4x5x3]
output %y
)");
}

TEST_CASE("two transposes become one") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[2x3x4]
%a = Transpose(%x) {perm=[1,2,0]} : f32[3x4x2]
%y = Transpose(%a) {perm=[1,0,2]} : f32[4x3x2]
output %y
)",
             R"(%y = Transpose(%x) {perm=[2,1,0]} : f32[4x3x2]
output %y
)");
}

TEST_CASE("a transpose that moves no element is a view") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x4x5x1]
%y = Transpose(%x) {perm=[0,3,1,2]} : f32[1x1x4x5]
output %y
)",
             R"(%y = Reshape(%x) {allowzero=0, shape=[1,1,4,5]} : f32[1x1x4x5]
output %y
)");
}

TEST_CASE("the same transpose is done once") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[2x3]
input %z : f32[2x3]
%a = Transpose(%x) {perm=[1,0]} : f32[3x2]
%b = Transpose(%x) : f32[3x2]
%c = MatMul(%z, %a) : f32[2x2]
%d = MatMul(%z, %b) : f32[2x2]
output %c, %d
)",
             R"(%a = Transpose(%x) {perm=[1,0]} : f32[3x2]
%c = MatMul(%z, %a) : f32[2x2]
%d = MatMul(%z, %a) : f32[2x2]
output %c, %d
)");
}

TEST_CASE("a flattening reshape before Dense reorders the weights instead") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x2x3x4]
constant @w : f32[24x5] = random 1
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x4x2x3]
%b = Reshape(%a) {shape=[1,24]} : f32[1x24]
%y = Dense(%b, @w) : f32[1x5]
output %y
)",
             R"(%y_2 = Reshape(%x) {allowzero=0, shape=[1,24]} : f32[1x24]
%y = Dense(%y_2, @w) : f32[1x5]
output %y
)");
}

TEST_CASE("a batch of several rows keeps its order, or the transpose stays") {
  const Graph rows = run_pass("sink-transposes", graph_of(R"(graph ""
input %x : f32[3x2x4]
constant @w : f32[8x5] = random 1
%a = Transpose(%x) {perm=[0,2,1]} : f32[3x4x2]
%b = Reshape(%a) {shape=[3,8]} : f32[3x8]
%y = Dense(%b, @w) : f32[3x5]
output %y
)"));
  CHECK(count_of(rows, "Transpose") == 0);
  const Graph mixed = run_pass("sink-transposes", graph_of(R"(graph ""
input %x : f32[3x2x4]
constant @w : f32[6x5] = random 1
%a = Transpose(%x) {perm=[2,0,1]} : f32[4x3x2]
%b = Reshape(%a) {shape=[4,6]} : f32[4x6]
%y = Dense(%b, @w) : f32[4x5]
output %y
)"));
  CHECK(count_of(mixed, "Transpose") == 1);
}

TEST_CASE("a reshape of axes that lie together goes first") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x4x5x3]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x3x4x5]
%b = Reshape(%a) {shape=[1,3,20]} : f32[1x3x20]
%y = Transpose(%b) {perm=[0,2,1]} : f32[1x20x3]
output %y
)",
             R"(%y = Reshape(%x) {allowzero=0, shape=[1,20,3]} : f32[1x20x3]
output %y
)");
}

TEST_CASE("axes of concatenation, slice, split and softmax are renamed") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x4x5x6]
input %z : f32[1x4x5x2]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x6x4x5]
%b = Transpose(%z) {perm=[0,3,1,2]} : f32[1x2x4x5]
%c = Concat(%a, %b) {axis=1} : f32[1x8x4x5]
%d, %e = Split(%c) {axis=-3, split=[5,3]} : f32[1x5x4x5], f32[1x3x4x5]
%f = Slice(%d) {axes=[1,3], ends=[4,9], starts=[1,2]} : f32[1x3x4x3]
%g = Softmax(%f) {axis=1} : f32[1x3x4x3]
%y = Transpose(%g) {perm=[0,2,3,1]} : f32[1x4x3x3]
%h = Relu(%e) : f32[1x3x4x5]
%w = Transpose(%h) {perm=[0,2,3,1]} : f32[1x4x5x3]
output %y, %w
)",
             R"(%c_2 = Concat(%x, %z) {axis=3} : f32[1x4x5x8]
%d_2, %e_2 = Split(%c_2) {axis=3, split=[5,3]} : f32[1x4x5x5], f32[1x4x5x3]
%f_2 = Slice(%d_2) {axes=[3,2], ends=[4,9], starts=[1,2]} : f32[1x4x3x3]
%y = Softmax(%f_2) {axis=3, flatten=0} : f32[1x4x3x3]
%w = Relu(%e_2) : f32[1x4x5x3]
output %y, %w
)");
}

TEST_CASE("softmax over all later axes stays where it is") {
  const Graph after = run_pass("sink-transposes", graph_of(R"(graph ""
input %x : f32[2x3x4]
%a = Transpose(%x) {perm=[0,2,1]} : f32[2x4x3]
%y = Softmax(%a) {axis=1, flatten=1} : f32[2x4x3]
output %y
)"));
  CHECK(after.nodes[0].op->name == "Transpose");
}

TEST_CASE("images are resized in the order that they come in") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x2x2x8]
constant @two : s32[2] = [0, 1]
constant @four : s32[4] = [0, 0, 1, 1]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x8x2x2]
%b = Select2d(%a, @two, @four) {axis=2} : f32[1x8x2x4]
%y = Transpose(%b) {perm=[0,2,3,1]} : f32[1x2x4x8]
output %y
)",
             R"(%y = Select2d(%x, @two, @four) {axis=1} : f32[1x2x4x8]
output %y
)");
}

TEST_CASE("a normalization keeps the order of its input, its parameters follow") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x4x5x3]
constant @scale : f32[1x3x1x1] = [1.0, 2.0, 3.0]
constant @bias : f32[1x3x1x1] = [0.5, 0.25, 0.125]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x3x4x5]
%b = Normalize(%a, @scale, @bias) {axes=[2,3]} : f32[1x3x4x5]
%y = Transpose(%b) {perm=[0,2,3,1]} : f32[1x4x5x3]
output %y
)",
             R"(%y = Normalize(%x, @scale, @bias) {axes=[1,2], center=1, epsilon=1e-05} : f32[1x4x5x3]
output %y
)");
}

TEST_CASE("depth becomes space in one copy between convolutions, channels last throughout") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x2x3x8]
%a = Transpose(%x) {perm=[0,3,1,2]} : f32[1x8x2x3]
%b = Reshape(%a) {shape=[1,2,2,2,2,3]} : f32[1x2x2x2x2x3]
%c = Transpose(%b) {perm=[0,3,4,1,5,2]} : f32[1x2x2x2x3x2]
%d = Reshape(%c) {shape=[1,2,4,6]} : f32[1x2x4x6]
%y = Transpose(%d) {perm=[0,2,3,1]} : f32[1x4x6x2]
output %y
)",
             R"(%b_2 = Reshape(%x) {allowzero=0, shape=[1,2,3,2,2,2]} : f32[1x2x3x2x2x2]
%y_2 = Transpose(%b_2) {perm=[0,1,3,2,4,5]} : f32[1x2x2x3x2x2]
%y = Reshape(%y_2) {allowzero=0, shape=[1,4,6,2]} : f32[1x4x6x2]
output %y
)");
}

TEST_CASE("a single pixel becomes an image with its channels last where its neighbours have them last") {
  check_pass("sink-transposes", R"(graph ""
input %x : f32[1x1x1x8]
constant @two : s32[2] = [0, 0]
%a = Reshape(%x) {shape=[1,8,1,1]} : f32[1x8x1x1]
%b = Select2d(%a, @two, @two) {axis=2} : f32[1x8x2x2]
%y = Transpose(%b) {perm=[0,2,3,1]} : f32[1x2x2x8]
output %y
)",
             R"(%y = Select2d(%x, @two, @two) {axis=1} : f32[1x2x2x8]
output %y
)");
}
