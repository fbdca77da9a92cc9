// Tables behind integer products and sums, before and after; run_pass holds the pass to the same bits.
#include "lib/ops/certificate.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A product of levels on a grid of 1/16, then `tail`.
std::string product_with(std::string_view tail) {
  return std::string(R"(graph ""
input %x : s8[2x3] q(0.5:0)
constant @w : s8[3x2] = random 1
constant @bias : s32[2] = [100, -100]
constant @multiplier : s32[2] = [9000000, 8000000]
constant @table : s8[256] = random 2
constant @wide : s16[256] = random 3
constant @longest : s32[256] = random 4
constant @unsigned : u8[256] = random 5
)") + std::string(tail);
}

}  // namespace

TEST_CASE("a table behind a product is applied where the product stores") {
  check_pass(
      "fuse-tables", product_with(R"(%l = QuantizedDense(%x, @w, @bias, @multiplier) {lowest=-50} : s8[2x2]
%y = Lookup(%l, @table) : s8[2x2]
output %y
)"),
      R"(%y = QuantizedDense(%x, @w, @bias, @multiplier, _, @table) {accumulator_shift=0, lowest=-50, output_bits=8, residual_multiplier=0} : s8[2x2]
output %y
)");
}

TEST_CASE("a table may widen what a convolution stores") {
  const Graph fused = run_pass("fuse-tables", graph_of(R"(graph ""
input %x : s8[1x4x4x2]
constant @w : s8[3x3x2x3] = random 1
constant @dw : s8[3x3x3] = random 2
constant @bias : s32[3] = [1, 2, 3]
constant @multiplier : s32[3] = [2000000, 3000000, 4000000]
constant @table : s8[256] = random 3
constant @wide : s16[256] = random 4
%a = QuantizedConv2d(%x, @w, @bias, @multiplier) {pads=[1,1,1,1]} : s8[1x4x4x3]
%b = Lookup(%a, @table) : s8[1x4x4x3]
%c = QuantizedDepthwiseConv2d(%b, @dw, @bias, @multiplier, %b) {pads=[1,1,1,1], residual_multiplier=16777216} : s8[1x4x4x3]
%y = Lookup(%c, @wide) : s16[1x4x4x3]
output %y
)"));
  CHECK(ops_of(fused) == "QuantizedConv2d QuantizedDepthwiseConv2d");
}

TEST_CASE("tables behind sums and products of activations are fused as well") {
  const Graph fused = run_pass("fuse-tables", graph_of(R"(graph ""
input %a : s8[2x3]
input %b : s8[3]
constant @table : s8[256] = random 1
constant @wide : s16[256] = random 2
%s = QuantizedAdd(%a, %b) {multiplier_a=100, multiplier_b=-80, offset=64, shift=7} : s8[2x3]
%t = Lookup(%s, @table) : s8[2x3]
%m = QuantizedMul(%t, %b) {multiplier=40000000, zero_a=3} : s8[2x3]
%y = Lookup(%m, @wide) : s16[2x3]
output %y
)"));
  CHECK(ops_of(fused) == "QuantizedAdd QuantizedMul");
}

TEST_CASE(
    "a table stays where the levels in front of it are read elsewhere, or its entries have no place in a product") {
  for (const char* tail :
       {"%y = Lookup(%l, @table) : s8[2x2]\n%z = Lookup(%l, @wide) : s16[2x2]\noutput %y, %z\n",
        "%y = Lookup(%l, @table) : s8[2x2]\noutput %y, %l\n", "%y = Lookup(%l, @longest) : s32[2x2]\noutput %y\n",
        "%y = Lookup(%l, @unsigned) : u8[2x2]\noutput %y\n"}) {
    const Graph graph =
        graph_of(product_with(std::string("%l = QuantizedDense(%x, @w, @bias, @multiplier) : s8[2x2]\n") + tail));
    CHECK(count_of(run_pass("fuse-tables", graph), "Lookup") == count_of(graph, "Lookup"));
  }
}

TEST_CASE("of two tables one is fused, the other stays behind it") {
  const Graph fused =
      run_pass("fuse-tables", graph_of(product_with(R"(%l = QuantizedDense(%x, @w, @bias, @multiplier) : s8[2x2]
%m = Lookup(%l, @table) : s8[2x2]
%y = Lookup(%m, @wide) : s16[2x2]
output %y
)")));
  CHECK(ops_of(fused) == "QuantizedDense Lookup");
}

TEST_CASE("the certificate of a product with a table states both sides of it") {
  const Graph graph =
      graph_of(product_with(R"(%l = QuantizedDense(%x, @w, @bias, @multiplier) {lowest=-50, highest=60} : s8[2x2]
%y = Lookup(%l, @table) : s8[2x2]
output %y
)"));
  const IntegerCertificate apart = certify(graph), fused = certify(run_pass("fuse-tables", graph));
  REQUIRE(apart.nodes.size() == 2);
  REQUIRE(fused.nodes.size() == 1);
  const IntegerBounds &product = apart.nodes[0].bounds, &table = apart.nodes[1].bounds, &both = fused.nodes[0].bounds;
  REQUIRE(both.before_table);
  CHECK(both.before_table->reached == product.output);
  CHECK(both.before_table->unclamped == *product.unclamped);
  CHECK(both.before_table->rounding == product.rounding());
  CHECK(both.before_table->saturates_above() == product.saturates_above());
  CHECK(both.output == table.output);
  CHECK(both.rounding() == table.rounding());
  CHECK(both.accumulator->bits_left() == product.accumulator->bits_left());
}
