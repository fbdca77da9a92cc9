#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("a clamp behind a product becomes its bounds") {
  check_pass("fuse-clamp", R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[3x3x2x3] = random 1
%a = Conv2d(%x, @w) : f32[1x2x2x3]
%y = Relu(%a) : f32[1x2x2x3]
output %y
)",
             R"(%y = Conv2d(%x, @w) {group=1, low=0.0} : f32[1x2x2x3]
output %y
)");
}

TEST_CASE("several clamps become one, the later ones acting on the earlier bounds") {
  check_pass("fuse-clamp", R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
%a = Dense(%x, @w) : f32[2x4]
%b = Clip(%a) {max=0.25, min=-0.5} : f32[2x4]
%c = Relu(%b) : f32[2x4]
%y = Clip(%c) {max=0.125} : f32[2x4]
output %y
)",
             R"(%y = Dense(%x, @w) {high=0.125, low=0.0} : f32[2x4]
output %y
)");
}

TEST_CASE("a clamp above an earlier range makes every output the same") {
  check_pass("fuse-clamp", R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
%a = Dense(%x, @w) {high=0.5, low=0.0} : f32[2x4]
%y = Clip(%a) {min=1.0} : f32[2x4]
output %y
)",
             R"(%y = Dense(%x, @w) {high=1.0, low=1.0} : f32[2x4]
output %y
)");
}

TEST_CASE("a clamp moves in front of max pooling, to the product") {
  check_pass("fuse-clamp", R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[1x1x2x3] = random 1
%a = Conv2d(%x, @w) : f32[1x4x4x3]
%b = MaxPool2d(%a) {kernel=[2,2], pads=[1,0,0,1], strides=[2,2]} : f32[1x2x2x3]
%y = Relu(%b) : f32[1x2x2x3]
output %y
)",
             R"(%y_2 = Conv2d(%x, @w) {group=1, low=0.0} : f32[1x4x4x3]
%y = MaxPool2d(%y_2) {ceil_mode=0, kernel=[2,2], pads=[1,0,0,1], strides=[2,2]} : f32[1x2x2x3]
output %y
)");
}

TEST_CASE("no fusion where someone else reads the product, or the bounds are crossed") {
  for (const char* const graph : {R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
%a = Dense(%x, @w) : f32[2x4]
%y = Relu(%a) : f32[2x4]
output %y, %a
)",
                                  R"(graph ""
input %x : f32[2x3]
constant @w : f32[3x4] = random 1
%a = Dense(%x, @w) : f32[2x4]
%y = Clip(%a) {max=-1.0, min=1.0} : f32[2x4]
output %y
)"})
    CHECK(run_pass("fuse-clamp", graph_of(graph)).nodes.size() == 2);
}
