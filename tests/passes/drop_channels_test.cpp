// What drop-channels leaves out, and what it must leave alone. `run_pass` also runs both graphs on random inputs and
// compares their outputs.
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/dropping.hpp"

using namespace mote;
using namespace mote::test;

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
