#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("what no output depends on goes, values and constants included; inputs stay") {
  const Graph after = run_pass("dead-code", graph_of(R"(graph ""
input %x : f32[2]
input %unused : f32[3]
constant @c : f32[2] = fill 1.0
%a = Relu(%x) : f32[2]
%b = Relu(%a) : f32[2]
%c2 = Identity(@c) : f32[2]
%y = Clip(%a) {max=0.5} : f32[2]
output %y
)"));
  CHECK(print(after) == R"(graph ""
input %x : f32[2]
input %unused : f32[3]
%a = Relu(%x) : f32[2]
%y = Clip(%a) {max=0.5} : f32[2]
output %y
)");
  CHECK(after.values.size() == 4);
}
