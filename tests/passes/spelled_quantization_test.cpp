#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Everything between the input and the output %y.
Graph spelled(const std::string& nodes) {
  return graph_of("graph \"\"\ninput %x : f32[2x8]\nconstant @s : f32[] = [0.25]\nconstant @i : f32[1] = [4.0]\n"
                  "constant @z : f32[] = [3.0]\nconstant @n : f32[] = [-3.0]\nconstant @o : f32[] = [0.5]\n" +
                  nodes + "output %y\n");
}

const std::string whole = "FakeQuantize(%x) {highest=15, lowest=-8, scale=0.25, zero_point=3} : f32[2x8]\noutput %y\n";

std::string body_after(const std::string& nodes) { return body(run_pass("spelled-quantization", spelled(nodes))); }

}  // namespace

TEST_CASE("rounding and clipping to whole numbers is a quantization of scale 1, in either order") {
  const std::string expected =
      "%y = FakeQuantize(%x) {highest=15, lowest=-8, scale=1.0, zero_point=0} : f32[2x8]\noutput %y\n";
  CHECK(body_after("%a = Round(%x) : f32[2x8]\n%y = Clip(%a) {min=-8.0, max=15.0} : f32[2x8]\n") == expected);
  CHECK(body_after("%a = Clip(%x) {min=-8.0, max=15.0} : f32[2x8]\n%y = Round(%a) : f32[2x8]\n") == expected);
}

TEST_CASE("scale and zero point before and behind the rounding become those of FakeQuantize") {
  const std::string rounded = "%c = Round(%b) : f32[2x8]\n%d = Clip(%c) {min=-8.0, max=15.0} : f32[2x8]\n";
  CHECK(body_after("%a = Div(%x, @s) : f32[2x8]\n%b = Add(%a, @z) : f32[2x8]\n" + rounded +
                   "%e = Sub(%d, @z) : f32[2x8]\n%y = Mul(%e, @s) : f32[2x8]\n") == "%y = " + whole);
  CHECK(body_after("%a = Mul(@i, %x) : f32[2x8]\n%b = Sub(%a, @n) : f32[2x8]\n" + rounded +
                   "%e = Add(@n, %d) : f32[2x8]\n%y = Div(%e, @i) : f32[2x8]\n") == "%y = " + whole);
}

TEST_CASE("what does not scale back by the same number stays arithmetic") {
  const std::string rounded = "%c = Round(%b) : f32[2x8]\n%d = Clip(%c) {min=-8.0, max=15.0} : f32[2x8]\n";
  const Graph other_scale = spelled("%b = Div(%x, @s) : f32[2x8]\n" + rounded + "%y = Mul(%d, @o) : f32[2x8]\n");
  CHECK(ops_of(run_pass("spelled-quantization", other_scale)) == "Div FakeQuantize Mul");
  const Graph fraction = spelled("%a = Round(%x) : f32[2x8]\n%y = Clip(%a) {min=-0.5, max=15.0} : f32[2x8]\n");
  CHECK(ops_of(run_pass("spelled-quantization", fraction)) == "Round Clip");
}
