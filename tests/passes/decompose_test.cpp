#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("Flatten, Squeeze and Unsqueeze are reshapes, and a chain of them one") {
  check_pass("decompose", R"(graph ""
input %x : f32[1x2x1x3]
%a = Squeeze(%x) {axes=[2]} : f32[1x2x3]
%b = Unsqueeze(%a) {axes=[0]} : f32[1x1x2x3]
%c = Flatten(%b) {axis=3} : f32[2x3]
%y = Reshape(%c) {shape=[0,-1,1]} : f32[2x3x1]
output %y
)",
             R"(%y = Reshape(%x) {allowzero=0, shape=[2,3,1]} : f32[2x3x1]
output %y
)");
}

TEST_CASE("Gemm with constants is Dense: transposition and factors go into the constants") {
  const Graph after = run_pass("decompose", graph_of(R"(graph ""
input %x : f32[2x3]
constant @w : f32[4x3] = random 1
constant @c : f32[1x4] = random 2
%y = Gemm(%x, @w, @c) {alpha=0.5, beta=2.0, transB=1} : f32[2x4]
output %y
)"));
  CHECK(body(after) == R"(%y = Dense(%x, @w, @c) : f32[2x4]
output %y
)");
  const Graph before = graph_of("graph \"\"\nconstant @c : f32[1x4] = random 2\n");
  const auto c = before.constant(ValueId{0}).to_reals();
  for (const mote::Value& value : after.values)
    if (value.name == "c") CHECK(after.constant(after.nodes[0].inputs[2]).to_reals()[3] == 2.0 * c[3]);
}

TEST_CASE("a transposed left side of Gemm is transposed first") {
  check_pass("decompose", R"(graph ""
input %x : f32[3x2]
constant @w : f32[3x4] = random 1
%y = Gemm(%x, @w) {transA=1} : f32[2x4]
output %y
)",
             R"(%y_2 = Transpose(%x) {perm=[1,0]} : f32[2x3]
%y = Dense(%y_2, @w) : f32[2x4]
output %y
)");
}

TEST_CASE("MatMul by a constant matrix is Dense, its leading axes flattened") {
  check_pass("decompose", R"(graph ""
input %x : f32[2x5x3]
constant @w : f32[1x3x4] = random 1
%y = MatMul(%x, @w) : f32[2x5x4]
output %y
)",
             R"(%y_2 = Reshape(%x) {allowzero=0, shape=[10,3]} : f32[10x3]
%y_3 = Dense(%y_2, @w) : f32[10x4]
%y = Reshape(%y_3) {allowzero=0, shape=[2,5,4]} : f32[2x5x4]
output %y
)");
}

TEST_CASE("a constant matrix times a column is Dense of the row") {
  check_pass("decompose", R"(graph ""
input %x : f32[3x1]
constant @w : f32[4x3] = random 1
%y = MatMul(@w, %x) : f32[4x1]
output %y
)",
             R"(%y_2 = Reshape(%x) {allowzero=0, shape=[1,3]} : f32[1x3]
%y_3 = Dense(%y_2, @w) : f32[1x4]
%y = Reshape(%y_3) {allowzero=0, shape=[4,1]} : f32[4x1]
output %y
)");
}

TEST_CASE("a vector times a constant matrix is Dense of one row") {
  check_pass("decompose", R"(graph ""
input %x : f32[3]
constant @w : f32[3x4] = random 1
%y = MatMul(%x, @w) : f32[4]
output %y
)",
             R"(%y_2 = Reshape(%x) {allowzero=0, shape=[1,3]} : f32[1x3]
%y_3 = Dense(%y_2, @w) : f32[1x4]
%y = Reshape(%y_3) {allowzero=0, shape=[4]} : f32[4]
output %y
)");
}

TEST_CASE("products of two activations, and in double precision, stay") {
  check_pass("decompose", R"(graph ""
input %x : f32[2x3]
input %w : f32[3x4]
constant @d : f64[3x4] = random 1
input %z : f64[2x3]
%a = MatMul(%x, %w) : f32[2x4]
%b = MatMul(%z, @d) : f64[2x4]
%c = Gemm(%z, @d) : f64[2x4]
output %a, %b, %c
)",
             R"(%a = MatMul(%x, %w) : f32[2x4]
%b = MatMul(%z, @d) : f64[2x4]
%c = Gemm(%z, @d) {alpha=1.0, beta=1.0, transA=0, transB=0} : f64[2x4]
output %a, %b, %c
)");
}

TEST_CASE("a normalization written out in arithmetic is one, with its scale and bias") {
  for (const char* square : {"Pow(%d, @two)", "Mul(%d, %d)"})
    check_pass("decompose", std::string(R"(graph ""
input %x : f32[2x3x4]
constant @two : f32[] = [2.0]
constant @epsilon : f32[] = [0.25]
constant @scale : f32[4] = [1.0, 2.0, 3.0, 4.0]
constant @bias : f32[4] = [0.5, 0.25, 0.125, 1.0]
%m = ReduceMean(%x) {axes=[-1]} : f32[2x3x1]
%d = Sub(%x, %m) : f32[2x3x4]
%s = )") + square + R"( : f32[2x3x4]
%v = ReduceMean(%s) {axes=[-1]} : f32[2x3x1]
%e = Add(%v, @epsilon) : f32[2x3x1]
%r = Sqrt(%e) : f32[2x3x1]
%n = Div(%d, %r) : f32[2x3x4]
%a = Mul(%n, @scale) : f32[2x3x4]
%y = Add(%a, @bias) : f32[2x3x4]
output %y
)",
               R"(%y = Normalize(%x, @scale, @bias) {axes=[2], center=1, epsilon=0.25} : f32[2x3x4]
output %y
)");
}

TEST_CASE("what only looks like a normalization is left alone") {
  const Graph after = run_pass("decompose", graph_of(R"(graph ""
input %x : f32[2x3x4]
constant @epsilon : f32[] = [0.25]
%m = ReduceMean(%x) {axes=[-1]} : f32[2x3x1]
%d = Sub(%x, %m) : f32[2x3x4]
%s = Mul(%d, %d) : f32[2x3x4]
%v = ReduceMean(%s) {axes=[1]} : f32[2x1x4]
%e = Add(%v, @epsilon) : f32[2x1x4]
%r = Sqrt(%e) : f32[2x1x4]
%y = Div(%d, %r) : f32[2x3x4]
output %y
)"));
  CHECK(count_of(after, "Normalize") == 0);
}
