#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("the sum with another branch becomes the product's residual") {
  check_pass("fuse-residual", R"(graph ""
input %x : f32[1x4x4x3]
constant @w : f32[1x1x3x3] = random 1
constant @b : f32[3] = random 2
%a = Conv2d(%x, @w, @b) : f32[1x4x4x3]
%y = Add(%x, %a) : f32[1x4x4x3]
output %y
)",
             R"(%y = Conv2d(%x, @w, @b, %x) {group=1} : f32[1x4x4x3]
output %y
)");
}

TEST_CASE("of two products the later one takes the other's result") {
  check_pass("fuse-residual", R"(graph ""
input %x : f32[2x3]
constant @v : f32[3x4] = random 1
constant @w : f32[3x4] = random 2
%a = Dense(%x, @v) : f32[2x4]
%b = Dense(%x, @w) : f32[2x4]
%y = Add(%b, %a) : f32[2x4]
output %y
)",
             R"(%a = Dense(%x, @v) : f32[2x4]
%y = Dense(%x, @w, _, %a) : f32[2x4]
output %y
)");
}

TEST_CASE("a product with a second reader, a clamp or a residual of its own takes none") {
  for (const char* const middle : {"%a = Dense(%x, @w) : f32[2x3]\n%y = Add(%a, %x) : f32[2x3]\n%z = Relu(%a) : f32[2x3]\n",
                                   "%a = Dense(%x, @w) {low=0.0} : f32[2x3]\n%y = Add(%a, %x) : f32[2x3]\n%z = Relu(%x) : f32[2x3]\n",
                                   "%a = Dense(%x, @w, _, %x) : f32[2x3]\n%y = Add(%a, %x) : f32[2x3]\n%z = Relu(%x) : f32[2x3]\n",
                                   "%a = Dense(%x, @w) : f32[2x3]\n%y = Add(%a, %a) : f32[2x3]\n%z = Relu(%x) : f32[2x3]\n"}) {
    const Graph after = run_pass("fuse-residual", graph_of(std::string("graph \"\"\ninput %x : f32[2x3]\n") +
                                                           "constant @w : f32[3x3] = random 1\n" + middle + "output %y, %z\n"));
    CHECK(count_of(after, "Add") == 1);
  }
}

TEST_CASE("operands that broadcast, or are constant, are no residual") {
  const Graph after = run_pass("fuse-residual", graph_of(R"(graph ""
input %x : f32[2x3]
input %r : f32[1x3]
constant @w : f32[3x3] = random 1
constant @c : f32[2x3] = random 2
%a = Dense(%x, @w) : f32[2x3]
%b = Add(%a, %r) : f32[2x3]
%d = Dense(%b, @w) : f32[2x3]
%y = Add(%d, @c) : f32[2x3]
output %y
)"));
  CHECK(count_of(after, "Add") == 2);
}
