// fold-constants, common-subexpressions and simplify-reshapes.
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("what depends on constants only is computed") {
  check_pass("fold-constants", R"(graph ""
input %x : f32[2x3]
constant @c : f32[2x3] = random 1
%a = Relu(@c) : f32[2x3]
%b = Transpose(%a) {perm=[1,0]} : f32[3x2]
%y = MatMul(%x, %b) : f32[2x2]
output %y
)",
             R"(%y = MatMul(%x, @b) : f32[2x2]
output %y
)");
}

TEST_CASE("a few bytes do not become megabytes") {
  const char* const graph = R"(graph ""
constant @c : f32[1] = [1.0]
%a = Expand(@c) {shape=[20000]} : f32[20000]
%y = Relu(%a) : f32[20000]
output %y
)";
  CHECK(run_pass("fold-constants", graph_of(graph)).nodes.size() == 2);
}

TEST_CASE("a large result that is no larger than its operands folds") {
  const Graph after = run_pass("fold-constants", graph_of(R"(graph ""
input %x : f32[1x1]
constant @c : f32[20000x1] = random 1
%a = Transpose(@c) : f32[1x20000]
%y = MatMul(%x, %a) : f32[1x20000]
output %y
)"));
  CHECK(after.nodes.size() == 1);
}

TEST_CASE("a constant output keeps a node and its name") {
  check_pass("fold-constants", R"(graph ""
constant @c : f32[2] = [-1.0, 1.0]
%y = Relu(@c) : f32[2]
output %y
)",
             R"(%y = Identity(@y_2) : f32[2]
output %y
)");
}

TEST_CASE("equal nodes on equal operands are one, constants compared by content") {
  check_pass("common-subexpressions", R"(graph ""
input %x : f32[2x3]
constant @v : f32[3x2] = random 1
constant @w : f32[3x2] = random 1
%a = Dense(%x, @v) : f32[2x2]
%b = Dense(%x, @w) : f32[2x2]
%c = Relu(%a) : f32[2x2]
%d = Relu(%b) : f32[2x2]
%e = Clip(%d) {max=0.5} : f32[2x2]
%f = Clip(%c) {max=0.25} : f32[2x2]
output %e, %f
)",
             R"(%a = Dense(%x, @v) : f32[2x2]
%c = Relu(%a) : f32[2x2]
%e = Clip(%c) {max=0.5} : f32[2x2]
%f = Clip(%c) {max=0.25} : f32[2x2]
output %e, %f
)");
}

TEST_CASE("two equal outputs stay two values") {
  check_pass("common-subexpressions", R"(graph ""
input %x : f32[2]
%a = Relu(%x) : f32[2]
%b = Relu(%x) : f32[2]
output %a, %b
)",
             R"(%a = Relu(%x) : f32[2]
%b = Identity(%a) : f32[2]
output %a, %b
)");
}

TEST_CASE("results that one node leaves out are not taken from it") {
  const Graph after = run_pass("common-subexpressions", graph_of(R"(graph ""
input %x : f32[1x1x4x4]
%a = MaxPool(%x) {kernel_shape=[2,2]} : f32[1x1x3x3]
%b, %i = MaxPool(%x) {kernel_shape=[2,2]} : f32[1x1x3x3], s64[1x1x3x3]
output %a, %b, %i
)"));
  CHECK(after.nodes.size() == 2);
}

TEST_CASE("chains of reshapes are one, and a way there and back none") {
  check_pass("simplify-reshapes", R"(graph ""
input %x : f32[2x6]
%a = Reshape(%x) {shape=[3,4]} : f32[3x4]
%b = Reshape(%a) {shape=[12]} : f32[12]
%c = Reshape(%b) {shape=[2,6]} : f32[2x6]
%y = Relu(%c) : f32[2x6]
%z = Sigmoid(%b) : f32[12]
output %y, %z
)",
             R"(%y = Relu(%x) : f32[2x6]
%z_2 = Sigmoid(%x) : f32[2x6]
%z = Reshape(%z_2) {allowzero=0, shape=[12]} : f32[12]
output %y, %z
)");
}

TEST_CASE("a reshape moves behind what works element by element") {
  check_pass("simplify-reshapes", R"(graph ""
input %x : f32[4x3]
input %r : f32[2x2x5]
constant @w : f32[3x5] = random 1
constant @b : f32[5] = random 2
%a = Dense(%x, @w) : f32[4x5]
%c = Reshape(%a) {shape=[2,2,5]} : f32[2x2x5]
%d = Add(%c, @b) : f32[2x2x5]
%e = Add(%r, %d) : f32[2x2x5]
%y = Relu(%e) : f32[2x2x5]
output %y
)",
             R"(%a = Dense(%x, @w) : f32[4x5]
%d_2 = Add(%a, @b) : f32[4x5]
%e_2 = Reshape(%r) {allowzero=0, shape=[4,5]} : f32[4x5]
%e_3 = Add(%e_2, %d_2) : f32[4x5]
%y_2 = Relu(%e_3) : f32[4x5]
%y = Reshape(%y_2) {allowzero=0, shape=[2,2,5]} : f32[2x2x5]
output %y
)");
}
