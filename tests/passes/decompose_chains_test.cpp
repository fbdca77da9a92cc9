#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Both graphs on the same random inputs: the same bits.
void check_same_bits(const Graph& before, const Graph& after) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto inputs = random_inputs(before, seed);
    const auto expected = interpret(before, inputs);
    const auto actual = interpret(after, inputs);
    REQUIRE(expected);
    REQUIRE(actual);
    for (std::size_t i = 0; i < expected->size(); ++i) CHECK((*actual)[i].bytes == (*expected)[i].bytes);
  }
}

void check_chain(std::string_view text, std::string_view operators) {
  const Graph before = graph_of(text);
  const Graph after = run_pass("decompose", before);
  CHECK(ops_of(after) == operators);
  check_same_bits(before, after);
}

}  // namespace

TEST_CASE("Max and Min of operands that are broadcast along single axes become chains") {
  check_chain(R"(graph ""
input %a : f32[2x3]
input %b : f32[3]
input %c : f32[2x1]
%y = Max(%a, %b, %c) : f32[2x3]
%z = Min(%c, %b, %a, %b) : f32[2x3]
output %y, %z
)",
              "Max Max Min Min Min");
}

TEST_CASE("Mean becomes a sum and one division by the count, whatever the float type") {
  check_chain(R"(graph ""
input %a : f32[2x3]
input %b : f32[3]
input %c : f32[2x1]
%y = Mean(%c, %b, %a) : f32[2x3]
output %y
)",
              "Add Add Div");
  check_chain(R"(graph ""
input %a : f64[4x1]
input %b : f64[3]
input %c : f64[1]
%y = Mean(%a, %b, %c) : f64[4x3]
output %y
)",
              "Add Add Div");
}

TEST_CASE("operands of the whole shape, and scalars, stay with the kernel of many operands") {
  check_chain(R"(graph ""
input %a : s32[2x3]
input %b : s32[1]
input %c : s32[2x3]
%y = Max(%a, %b, %c) : s32[2x3]
%z = Min(%a, %y) : s32[2x3]
output %y, %z
)",
              "Max Min");
}

TEST_CASE("Sum is Add after Add") {
  check_chain(R"(graph ""
input %a : f32[2x3]
input %b : f32[3]
input %c : f32[2x3]
%y = Sum(%a, %b, %c) : f32[2x3]
output %y
)",
              "Add Add");
}

TEST_CASE("a Tile with more loops than the kernel has is done a few axes at a time") {
  check_chain(R"(graph ""
input %x : f32[2x3x2x3]
%y = Tile(%x) {repeats=[2,3,2,2]} : f32[4x9x4x6]
output %y
)",
              "Tile Tile");
  check_chain(R"(graph ""
input %x : s8[2x2x2x1x2x3]
%y = Tile(%x) {repeats=[1,2,2,3,2,2]} : s8[2x4x4x3x4x6]
output %y
)",
              "Tile Tile Tile");
  check_chain(R"(graph ""
input %x : f32[2x3x2]
%y = Tile(%x) {repeats=[2,2,2]} : f32[4x6x4]
output %y
)",
              "Tile");
}
