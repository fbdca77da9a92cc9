// What drop-channels leaves out, and what it must leave alone. `run_pass` also runs both graphs on random inputs and
// compares their outputs.
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph dropped(std::string_view text) { return run_pass("drop-channels", graph_of(text)); }

std::string shape_of(const Graph& graph, std::string_view name) {
  for (const Value& value : graph.values)
    if (value.name == name) return value.type.shape.text();
  return "no " + std::string(name);
}

std::vector<double> constant_of(const Graph& graph, std::string_view name) {
  for (std::uint32_t i = 0; i < graph.values.size(); ++i)
    if (graph.values[i].name == name) return graph.constant(ValueId{i}).to_reals();
  return {};
}

}  // namespace

TEST_CASE("a channel whose weights are 0 is a constant: it moves into the bias of the next product") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = [1, 0, 2, -1, 0, 3]
constant @b : f32[3] = [0.5, 4, 0]
constant @v : f32[3x2] = [1, 2, 10, 20, 5, 6]
constant @c : f32[2] = [7, 8]
%h = Dense(%x, @w, @b) {low=0.0} : f32[4x3]
%y = Dense(%h, @v, @c) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "h") == "4x2");
  CHECK(constant_of(after, "w") == std::vector<double>{1, 2, -1, 3});
  CHECK(constant_of(after, "b") == std::vector<double>{0.5, 0});
  CHECK(constant_of(after, "v") == std::vector<double>{1, 2, 5, 6});
  CHECK(constant_of(after, "c") == std::vector<double>{47, 88});
}

TEST_CASE("a bias is added where a constant needs one") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = [1, 0, -1, 0]
constant @b : f32[2] = [0, 3]
constant @v : f32[2x2] = [1, 2, 10, 20]
%h = Dense(%x, @w, @b) : f32[4x2]
%y = Dense(%h, @v) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "h") == "4x1");
  CHECK(after.nodes.back().inputs.size() == 3);
}

TEST_CASE("a channel that nobody weighs with anything but 0 is not computed") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = random 1
constant @v : f32[3x2] = [1, 2, 0, 0, 5, 6]
%h = Dense(%x, @w) : f32[4x3]
%y = Dense(%h, @v) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "h") == "4x2");
}

TEST_CASE("terms that the rounding of a sum swallows do not keep a channel") {
  const char* const network = R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = random 1
constant @v : f32[3x1] = [1, @, 5]
constant @c : f32[1] = [0.25]
%h = Dense(%x, @w) : f32[4x3]
%y = Dense(%h, @v, @c) : f32[4x1]
output %y
)";
  const auto with_weight = [&](const std::string& weight) {
    std::string text = network;
    return shape_of(dropped(text.replace(text.find("1, @,") + 3, 1, weight)), "h");
  };
  CHECK(with_weight("1e-30") == "4x2");
  CHECK(with_weight("1e-12") == "4x3");  // 2e5 * 1e-12 against 0.25: large inputs would show
}

TEST_CASE("a sum without bias has no size that terms could be compared with") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = random 1
constant @v : f32[2x1] = [1, 1e-30]
%h = Dense(%x, @w) : f32[4x2]
%y = Dense(%h, @v) : f32[4x1]
output %y
)");
  CHECK(shape_of(after, "h") == "4x2");
}

TEST_CASE("a channel that a clamp holds for every input is a constant") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @a : f32[2x2] = random 1
constant @w : f32[2x3] = [1, -1, 2, -1, -2, 3]
constant @b : f32[3] = [0.5, -0.5, 0]
constant @v : f32[3x2] = random 2
%n = Dense(%x, @a) {low=0.0} : f32[4x2]
%h = Dense(%n, @w, @b) {low=0.0} : f32[4x3]
%y = Dense(%h, @v) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "h") == "4x2");  // -n0 - 2 n1 - 0.5 is never positive
}

TEST_CASE("a constant that meets padding differs at the border and stays, 0 does not") {
  const char* const network = R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[1x1x2x3] = [1, 0, 2, -1, 0, 3]
constant @b : f32[3] = [0.5, @, 0]
constant @v : f32[3x3x3x2] = random 1
%h = Conv2d(%x, @w, @b) {group=1, low=0.0} : f32[1x4x4x3]
%y = Conv2d(%h, @v) {group=1, pads=[1,1,1,1]} : f32[1x4x4x2]
output %y
)";
  const auto with_bias = [&](const std::string& bias) {
    std::string text = network;
    return shape_of(dropped(text.replace(text.find("0.5, @") + 5, 1, bias)), "h");
  };
  CHECK(with_bias("4") == "1x4x4x3");
  CHECK(with_bias("0") == "1x4x4x2");
  CHECK(with_bias("-4") == "1x4x4x2");  // behind the Relu
}

TEST_CASE("channels live and die together through depthwise convolutions, pools and flattening") {
  const Graph after = dropped(R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[1x1x2x3] = random 1
constant @d : f32[3x3x3] = random 2
constant @v : f32[12x2] = [1,2, 0,0, 3,4, 1,2, 0,0, 3,4, 1,2, 0,0, 3,4, 1,2, 0,0, 3,4]
%a = Conv2d(%x, @w) {group=1} : f32[1x4x4x3]
%b = DepthwiseConv2d(%a, @d) {low=0.0, pads=[1,1,1,1]} : f32[1x4x4x3]
%c = MaxPool2d(%b) {kernel=[2,2], strides=[2,2]} : f32[1x2x2x3]
%f = Reshape(%c) {shape=[1,12]} : f32[1x12]
%y = Dense(%f, @v) : f32[1x2]
output %y
)");
  CHECK(shape_of(after, "a") == "1x4x4x2");
  CHECK(shape_of(after, "c") == "1x2x2x2");
  CHECK(shape_of(after, "f") == "1x8");
}

TEST_CASE("one pixel that a flattened channel is needed for keeps it at all of them") {
  const Graph after = dropped(R"(graph ""
input %x : f32[1x2x1x2]
constant @w : f32[1x1x2x3] = random 1
constant @v : f32[6x1] = [1, 0, 3, 1, 2, 3]
%a = Conv2d(%x, @w) {group=1} : f32[1x2x1x3]
%f = Reshape(%a) {shape=[1,6]} : f32[1x6]
%y = Dense(%f, @v) : f32[1x1]
output %y
)");
  CHECK(shape_of(after, "f") == "1x6");
}

TEST_CASE("a sum of two branches loses a channel only if both may") {
  const char* const network = R"(graph ""
input %x : f32[4x2]
constant @a : f32[2x3] = random 1
constant @b : f32[2x3] = random 2
constant @c : f32[3] = random 3
constant @v : f32[3x2] = [1, 2, 0, 0, 5, 6]
constant @u : f32[3x1] = [1, @, 1]
%p = Dense(%x, @a) : f32[4x3]
%q = Dense(%x, @b, @c, %p) {low=0.0} : f32[4x3]
%s = Add(%q, %p) : f32[4x3]
%y = Dense(%s, @v) : f32[4x2]
%z = Dense(%p, @u) : f32[4x1]
output %y, %z
)";
  const auto with_weight = [&](const std::string& weight) {
    std::string text = network;
    return shape_of(dropped(text.replace(text.find("1, @,") + 3, 1, weight)), "q");
  };
  CHECK(with_weight("0") == "4x2");
  CHECK(with_weight("1") == "4x3");
}

TEST_CASE("channels are left out on both sides of a concatenation") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @a : f32[2x2] = random 1
constant @b : f32[2x3] = random 2
constant @v : f32[5x1] = [0, 2, 3, 0, 0]
%p = Dense(%x, @a) : f32[4x2]
%q = Dense(%x, @b) : f32[4x3]
%s = Concat(%p, %q) {axis=1} : f32[4x5]
%y = Dense(%s, @v) : f32[4x1]
output %y
)");
  CHECK(shape_of(after, "p") == "4x1");
  CHECK(shape_of(after, "q") == "4x1");
  CHECK(shape_of(after, "s") == "4x2");
}

TEST_CASE("what goes away upstream makes more go away, layer after layer") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @a : f32[2x3] = [1, 2, 3, 4, 5, 6]
constant @b : f32[3x3] = [1, 0, 2, 0, 3, 0, 4, 0, 5]
constant @c : f32[3x2] = [1, 2, 0, 0, 3, 4]
%p = Dense(%x, @a) : f32[4x3]
%q = Dense(%p, @b) : f32[4x3]
%y = Dense(%q, @c) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "q") == "4x2");
  CHECK(shape_of(after, "p") == "4x2");  // its second channel was only read by the second of q
}

TEST_CASE("interfaces, opaque operators and grouped convolutions keep their channels") {
  const Graph after = dropped(R"(graph ""
input %x : f32[1x1x1x4]
constant @w : f32[1x1x2x4] = [1,1,0,0, 1,1,0,0]
constant @v : f32[1x1x4x4] = [0,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,1]
%a = Conv2d(%x, @w) {group=2} : f32[1x1x1x4]
%b = Softmax(%a) {axis=3} : f32[1x1x1x4]
%y = Conv2d(%b, @v) {group=1} : f32[1x1x1x4]
output %y
)");
  CHECK(shape_of(after, "x") == "1x1x1x4");
  CHECK(shape_of(after, "a") == "1x1x1x4");
  CHECK(shape_of(after, "b") == "1x1x1x4");
  CHECK(shape_of(after, "y") == "1x1x1x4");
}

TEST_CASE("one channel is left of a value that does not matter at all") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = random 1
constant @v : f32[3x2] = fill 0
constant @c : f32[2] = [1, 2]
%h = Dense(%x, @w) : f32[4x3]
%y = Dense(%h, @v, @c) : f32[4x2]
output %y
)");
  CHECK(shape_of(after, "h") == "4x1");
}

TEST_CASE("a weight constant that another layer reads as well is not changed for it") {
  const Graph after = dropped(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x2] = [1, 0, 2, 0]
constant @v : f32[2x2] = random 1
%h = Dense(%x, @w) : f32[4x2]
%y = Dense(%h, @v) : f32[4x2]
%z = Dense(%x, @w) : f32[4x2]
output %y, %z
)");
  CHECK(shape_of(after, "h") == "4x1");
  CHECK(shape_of(after, "w") == "2x2");
}

TEST_CASE("the structure is kept if asked to, and else reported by layer") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[4x2]
constant @w : f32[2x3] = random 1
constant @v : f32[3x2] = [1, 2, 0, 0, 5, 6]
%h = Dense(%x, @w) : f32[4x3]   // first (Gemm)
%y = Dense(%h, @v) : f32[4x2]   // second (Gemm)
output %y
)");
  const Pass* const pass = find_pass("drop-channels");
  const Target target{};
  StructureReport report;
  REQUIRE(pass->run(graph, {.target = target, .keep_structure = true, .structure = &report}));
  CHECK(!report.changed());
  REQUIRE(pass->run(graph, {.target = target, .structure = &report}));
  CHECK(report.channels_removed == 1);
  CHECK(report.macs_before == 48);
  CHECK(report.macs_after == 32);
  REQUIRE(report.layers.size() == 2);
  CHECK(report.layers[0].layer == "first");
  CHECK(report.layers[0].outputs_after == 2);
  CHECK(report.layers[1].inputs_after == 2);
  CHECK(report.layers[1].weights_before == 6);
  CHECK(report.layers[1].weights_after == 4);
}

TEST_CASE("whatever an operator looks like, scalars and operands left out included, it stands") {
  const Target target{};
  for (const OpDef* op : all_ops()) {
    if (op->sample == nullptr || op->eval == nullptr) continue;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      Rng rng(seed);
      INFO(op->name << ", seed " << seed);
      CHECK(drop_channels(draw(*op, rng).graph, {.target = target}));
    }
  }
}

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
constant @w : f32[2x3] = [)" + factors + R"(]
constant @b : f32[3] = [0.5, 4, 0.25]
constant @v : f32[3x2] = [1, 2, 10, 20, 6, 8]
%h = Dense(%x, @w, @b) )" + clamp + R"( : f32[4x3]
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
%a = )" + operation + R"( : f32[1x4x4x3]
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
%s = )" + operation + R"((%h, @c) : f32[4x2]
%y = Dense(%s, @v) : f32[4x1]
output %y
)";
  };
  CHECK(shape_of(dropped(network("Add")), "s") == "4x2");
  CHECK(shape_of(dropped(network("Mul")), "s") == "4x1");
}
