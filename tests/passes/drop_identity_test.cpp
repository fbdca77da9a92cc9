#include "tests/passes/pass_test.hpp"

using namespace mote::test;

TEST_CASE("identities between nodes vanish") {
  check_pass("drop-identity", R"(graph ""
input %x : f32[2]
%a = Identity(%x) : f32[2]
%b = Relu(%a) : f32[2]
%c = Identity(%b) : f32[2]
%d = Identity(%c) : f32[2]
%y = Relu(%d) : f32[2]
output %y
)",
             R"(%b = Relu(%x) : f32[2]
%y = Relu(%b) : f32[2]
output %y
)");
}

TEST_CASE("a graph output keeps its name when its identity vanishes") {
  check_pass("drop-identity", R"(graph ""
input %x : f32[2]
%hidden = Relu(%x) : f32[2]
%probabilities = Identity(%hidden) : f32[2]
output %probabilities
)",
             R"(%probabilities = Relu(%x) : f32[2]
output %probabilities
)");
}

TEST_CASE("where an output would be an input, a constant or another output, the identity stays") {
  const char* const graph = R"(graph ""
input %x : f32[2]
constant @c : f32[2] = fill 1.0
%a = Identity(%x) : f32[2]
%b = Identity(@c) : f32[2]
%d = Relu(%x) : f32[2]
%e = Identity(%d) : f32[2]
output %a, %b, %d, %e
)";
  check_pass("drop-identity", graph, R"(%d = Relu(%x) : f32[2]
%a = Identity(%x) : f32[2]
%b = Identity(@c) : f32[2]
%e = Identity(%d) : f32[2]
output %a, %b, %d, %e
)");
}

TEST_CASE("an output that the model takes straight from an input becomes a node's") {
  check_pass("drop-identity", R"(graph ""
input %x : f32[2]
%y = Relu(%x) : f32[2]
output %y, %x, %y
)",
             R"(%y = Relu(%x) : f32[2]
%x_2 = Identity(%x) : f32[2]
%y_2 = Identity(%y) : f32[2]
output %y, %x_2, %y_2
)");
}
