// Channels that are multiples of each other become one, with the weights of all, wherever that is exact but for
// rounding.
#include "tests/passes/dropping.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("of channels that hold the same numbers one is left, with the weights of all") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = [1, 2, 1, -1, 3, -1]
constant @b : f32[3] = [0.5, 4, 0.5]
constant @v : f32[3x2] = [1, 2, 10, 20, 5, 6]
%h = Dense(%x, @w, @b) : f32[4x3]
%r = Tanh(%h) : f32[4x3]
%y = Dense(%r, @v) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "r") == "4x2");
  CHECK(constant_of(after, "v") == std::vector<double>{6, 8, 10, 20});
}

TEST_CASE("alike channels are found behind depthwise layers and sums") {
  const Graph after = dropped(R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[1x1x2x4] = [1, 2, 1, 1, -1, 3, -1, -1]
constant @k : f32[3x1x4] = [1, 2, 1, 1, 4, 5, 4, 6, 7, 8, 7, 9]
constant @s : f32[4] = [1, 2, 1, 1]
constant @v : f32[1x1x4x1] = [1, 2, 3, 4]
%h = Conv2d(%x, @w) {group=1} : f32[1x4x4x4]
%d = DepthwiseConv2d(%h, @k) {pads=[1,0,1,0]} : f32[1x4x4x4]
%a = Add(%d, @s) : f32[1x4x4x4]
%y = Conv2d(%a, @v) {group=1} : f32[1x4x4x1]
output %y
)");
  CHECK(shape_of(after, "a") == "1x4x4x3");
  CHECK(constant_of(after, "v") == std::vector<double>{4, 2, 4});
}

TEST_CASE("positions of one channel are not alike") {
  const Graph after = dropped(R"(graph ""
input %x : f32[1x2x2x2]
constant @w : f32[1x1x2x2] = random 1
constant @v : f32[8x3] = random 2
%h = Conv2d(%x, @w) {group=1} : f32[1x2x2x2]
%f = Reshape(%h) {shape=[1,8]} : f32[1x8]
%y = Dense(%f, @v) : f32[1x3]
output %y
)");
  CHECK(shape_of(after, "f") == "1x8");
}

TEST_CASE("alike channels of which one is asked for stay, and so do their weights") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = [1, 1, 2, 2]
constant @v : f32[2x2] = [1, 2, 3, 4]
%h = Dense(%x, @w) : f32[4x2]
%y = Dense(%h, @v) : f32[4x2]
output %y
output %h
)");
  CHECK(constant_of(after, "v") == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("alike channels of integers are merged where the sums of their weights are weights") {
  const auto network = [](const std::string& weights) {
    return R"(graph ""
input %x : s8[2x3]
constant @w : s8[3x3] = [1, 9, 1, 2, 8, 2, 3, 7, 3]
constant @b : s32[3] = [100, -100, 100]
constant @m : s32[3] = [900000000, 800000000, 900000000]
constant @v : s8[3x1] = [)" +
           weights + R"(]
constant @c : s32[1] = [5]
constant @n : s32[1] = [90000000]
%h = QuantizedDense(%x, @w, @b, @m) : s8[2x3]
%y = QuantizedDense(%h, @v, @c, @n) : s8[2x1]
output %y
)";
  };
  const Graph after = dropped(network("50, 30, 77"));
  CHECK(shape_of(after, "h") == "2x2");
  CHECK(constant_of(after, "v") == std::vector<double>{127, 30});
  CHECK(shape_of(dropped(network("51, 30, 77")), "h") == "2x3");
}

TEST_CASE("a positive multiple of a channel goes through a Relu, a negative one does not") {
  const auto network = [](const std::string& factors, const std::string& clamp) {
    return R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = [)" +
           factors + R"(]
constant @b : f32[3] = [0.5, 4, 0.25]
constant @v : f32[3x2] = [1, 2, 10, 20, 6, 8]
%h = Dense(%x, @w, @b) )" +
           clamp + R"( : f32[4x3]
%y = Dense(%h, @v) : f32[4x2]
output %y
)";
  };
  const Graph after = dropped(network("1, 2, 0.5, -1, 3, -0.5", "{low=0.0}"));
  CHECK(shape_of(after, "h") == "4x2");
  CHECK(constant_of(after, "v") == std::vector<double>{4, 6, 10, 20});
  CHECK(shape_of(dropped(network("1, 2, 0.5, -1, 3, -0.5", "{low=0.0, high=6.0}")), "h") == "4x3");
  CHECK(shape_of(dropped(network("1, 2, 0.5, -1, 3, -0.5", "{low=-1.0}")), "h") == "4x3");
  CHECK(shape_of(dropped(network("1, 2, 0.5, -1, 3, -0.4", "{low=0.0}")), "h") == "4x3");
  CHECK(shape_of(dropped(network("-1, 2, 0.5, 1, 3, -0.5", "{low=0.0}")), "h") == "4x3");
}

TEST_CASE("without a clamp any multiple of a channel is merged, rounded as multiples are") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = [0.1, 2, -0.03, 0.7, 3, -0.21]
constant @b : f32[3] = [0.3, 4, -0.09]
constant @v : f32[3x1] = [1, 10, 2]
%h = Dense(%x, @w, @b) : f32[4x3]
%y = Dense(%h, @v) : f32[4x1]
output %y
)");
  CHECK(shape_of(after, "h") == "4x2");
  CHECK(constant_of(after, "v")[0] == Approx(0.4));
}

TEST_CASE("multiples are followed through depthwise layers with borders, pools, factors and sums of branches") {
  const auto network = [](const std::string& operation) {
    return R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[1x1x2x3] = [1, 2, 2, -1, 3, -2]
constant @u : f32[1x1x2x3] = [3, 1, 12, 5, 1, 20]
constant @k : f32[3x3x3] = [1,5,2, 2,4,4, 3,3,6, 4,2,8, 5,1,10, 6,0,12, 7,1,14, 8,2,16, 9,3,18]
constant @c : f32[3] = [0.5, 1, 2]
constant @m : f32[3] = [1, 3, 2]
constant @v : f32[1x1x3x1] = [1, 2, 0.5]
%h = Conv2d(%x, @w) {group=1, low=0.0} : f32[1x4x4x3]
%g = Conv2d(%x, @u) {group=1, low=0.0} : f32[1x4x4x3]
%d = DepthwiseConv2d(%h, @k, @c, %g) {low=0.0, pads=[1,1,1,1]} : f32[1x4x4x3]
%p = MaxPool2d(%d) {kernel=[2,2], pads=[0,0,1,1]} : f32[1x4x4x3]
%s = Add(%p, %g) : f32[1x4x4x3]
%t = Mul(%s, @m) : f32[1x4x4x3]
%a = )" + operation +
           R"( : f32[1x4x4x3]
%y = Conv2d(%a, @v) {group=1} : f32[1x4x4x1]
output %y
)";
  };
  const Graph after = dropped(network("Neg(%t)"));
  CHECK(shape_of(after, "s") == "1x4x4x2");
  CHECK(shape_of(after, "a") == "1x4x4x2");
  CHECK(constant_of(after, "v") == std::vector<double>{5, 2});  // 1 + 8 * 0.5
  CHECK(shape_of(dropped(network("Tanh(%t)")), "a") == "1x4x4x3");
}

TEST_CASE("branches with different factors are no multiples behind their sum") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = [1, 2, -1, -2]
constant @u : f32[2x2] = [3, 9, 5, 15]
constant @v : f32[2x1] = [1, 2]
%h = Dense(%x, @w) : f32[4x2]
%g = Dense(%x, @u) {low=0.0} : f32[4x2]
%s = Add(%h, %g) : f32[4x2]
%y = Dense(%s, @v) : f32[4x1]
output %y
)");
  CHECK(shape_of(after, "s") == "4x2");
}

TEST_CASE("a number added to all channels keeps multiples apart, a factor of all does not") {
  const auto network = [](const std::string& operation) {
    return R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = [1, 2, -1, -2]
constant @c : f32[1] = [3]
constant @v : f32[2x1] = [1, 2]
%h = Dense(%x, @w) : f32[4x2]
%s = )" + operation +
           R"((%h, @c) : f32[4x2]
%y = Dense(%s, @v) : f32[4x1]
output %y
)";
  };
  CHECK(shape_of(dropped(network("Add")), "s") == "4x2");
  CHECK(shape_of(dropped(network("Mul")), "s") == "4x1");
}

TEST_CASE("weights whose sum is too large for single precision stay apart") {
  const auto network = [](const std::string& weights, const std::string& readers) {
    return "graph \"\"\ninput %x : f32[4x2]\nconstant @w : f32[2x2] = [" + weights + "]\nconstant @v : f32[2x1] = [" +
           readers + R"(]
%h = Dense(%x, @w) : f32[4x2]
%y = Dense(%h, @v) : f32[4x1]
output %y
)";
  };
  CHECK(shape_of(dropped(network("0.01, 0.01, 0.02, 0.02", "1e38, 2e38")), "h") == "4x1");
  CHECK(shape_of(dropped(network("0.01, 0.01, 0.02, 0.02", "3e38, 3e38")), "h") == "4x2");
  CHECK(shape_of(dropped(network("1e-6, 0.0625, 2e-6, 0.125", "1, 1e35")), "h") == "4x2");
}

TEST_CASE("a channel made of numbers with few bits does not stand in for its multiples, but for its equals") {
  const auto network = [](const std::string& weights) {
    return "graph \"\"\ninput %x : f32[4x1]\nconstant @w : f32[1x2] = [" + weights + R"(]
constant @v : f32[2x1] = [1, 1e30]
%h = Dense(%x, @w) : f32[4x2]
%y = Dense(%h, @v) : f32[4x1]
output %y
)";
  };
  CHECK(shape_of(dropped(network("5.605193857299268e-45, 3.673419846319648e-40")), "h") == "4x2");
  CHECK(shape_of(dropped(network("3.673419846319648e-40, 3.673419846319648e-40")), "h") == "4x1");
  CHECK(shape_of(dropped(network("1e-28, 3e-28")), "h") == "4x1");
}
