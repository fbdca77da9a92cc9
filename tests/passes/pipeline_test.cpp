#include <chrono>

#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph through_pipeline(Graph graph) {
  const Target target{};
  Result<Graph> after = run_passes(standard_pipeline(), std::move(graph), {.target = target}, verify_each());
  INFO((after ? std::string() : after.error().message));
  REQUIRE(after);
  return *std::move(after);
}

Graph chain_of(int length) {
  std::string text = "graph \"chain\"\ninput %v0 : f32[1x2x4x4]\n";
  for (int i = 0; i < length; ++i) {
    const std::string in = "%v" + std::to_string(i), out = "%v" + std::to_string(i + 1);
    switch (i % 4) {
      case 0: text += out + " = Transpose(" + in + ") {perm=[0,2,3,1]} : f32[1x4x4x2]\n"; break;
      case 1: text += out + " = Tanh(" + in + ") : f32[1x4x4x2]\n"; break;
      case 2: text += out + " = Transpose(" + in + ") {perm=[0,3,1,2]} : f32[1x2x4x4]\n"; break;
      default: text += out + " = Sigmoid(" + in + ") : f32[1x2x4x4]\n";
    }
  }
  return graph_of(text + "output %v" + std::to_string(length) + "\n");
}

}  // namespace

TEST_CASE("a convolution block as PyTorch writes it becomes one node") {
  const Graph after = through_pipeline(graph_of(R"(graph ""
input %x : f32[1x1x8x6]
constant @w : f32[4x1x3x3] = random 1
constant @scale : f32[4] = random 2
constant @bias : f32[4] = random 3
constant @mean : f32[4] = random 4
constant @variance : f32[4] = fill 0.5
constant @dense : f32[5x4] = random 5
constant @dense_bias : f32[5] = random 6
%conv = Conv(%x, @w) {pads=[1,1,1,1]} : f32[1x4x8x6]
%norm = BatchNormalization(%conv, @scale, @bias, @mean, @variance) : f32[1x4x8x6]
%relu = Relu(%norm) : f32[1x4x8x6]
%pool = GlobalAveragePool(%relu) : f32[1x4x1x1]
%flat = Flatten(%pool) : f32[1x4]
%gemm = Gemm(%flat, @dense, @dense_bias) {transB=1} : f32[1x5]
%y = Softmax(%gemm) : f32[1x5]
output %y
)"));
  CHECK(ops_of(after) == "Reshape Conv2d AveragePool2d Reshape Dense Softmax");
}

TEST_CASE("a residual block as tf2onnx writes it has one transpose at its edge at most") {
  const Graph after = through_pipeline(graph_of(R"(graph ""
input %x : f32[1x8x8x3]
constant @w1 : f32[4x3x3x3] = random 1
constant @b1 : f32[4] = random 2
constant @w2 : f32[4x4x3x3] = random 3
constant @w3 : f32[4x3x1x1] = random 4
constant @d : f32[256x5] = random 5
%t = Transpose(%x) {perm=[0,3,1,2]} : f32[1x3x8x8]
%c1 = Conv(%t, @w1, @b1) {auto_pad="SAME_UPPER"} : f32[1x4x8x8]
%r1 = Relu(%c1) : f32[1x4x8x8]
%c2 = Conv(%r1, @w2) {pads=[1,1,1,1]} : f32[1x4x8x8]
%c3 = Conv(%t, @w3) : f32[1x4x8x8]
%sum = Add(%c2, %c3) : f32[1x4x8x8]
%r2 = Relu(%sum) : f32[1x4x8x8]
%back = Transpose(%r2) {perm=[0,2,3,1]} : f32[1x8x8x4]
%flat = Reshape(%back) {shape=[1,256]} : f32[1x256]
%y = MatMul(%flat, @d) : f32[1x5]
output %y
)"));
  CHECK(ops_of(after) == "Conv2d Conv2d Conv2d Reshape Dense");
}

TEST_CASE("flattening channels first before Dense costs nothing") {
  const Graph after = through_pipeline(graph_of(R"(graph ""
input %x : f32[2x1x6x6]
constant @w : f32[4x1x3x3] = random 1
constant @d : f32[16x5] = random 5
%c = Conv(%x, @w) : f32[2x4x4x4]
%p = MaxPool(%c) {kernel_shape=[2,2], strides=[2,2]} : f32[2x4x2x2]
%r = Relu(%p) : f32[2x4x2x2]
%f = Flatten(%r) : f32[2x16]
%y = MatMul(%f, @d) : f32[2x5]
output %y
)"));
  CHECK(ops_of(after) == "Reshape Conv2d MaxPool2d Reshape Dense");
}

TEST_CASE("pads of a channels-first model become the convolutions' own") {
  const Graph after = through_pipeline(graph_of(R"(graph ""
input %x : f32[1x3x8x8]
constant @w1 : f32[4x3x3x3] = random 1
constant @w2 : f32[4x1x3x3] = random 2
constant @s : f32[1x4x1x1] = random 3
%p1 = Pad(%x) {pads=[0,0,0,0,0,0,1,1]} : f32[1x3x9x9]
%c1 = Conv(%p1, @w1) {strides=[2,2]} : f32[1x4x4x4]
%m = Mul(%c1, @s) : f32[1x4x4x4]
%r = Relu(%m) : f32[1x4x4x4]
%p2 = Pad(%r) {axes=[-2,-1], pads=[1,1,1,1]} : f32[1x4x6x6]
%y = Conv(%p2, @w2) {group=4} : f32[1x4x4x4]
output %y
)"));
  CHECK(ops_of(after) == "Transpose Conv2d DepthwiseConv2d Transpose");
}

TEST_CASE("one-dimensional convolutions leave only views around them") {
  const Graph after = through_pipeline(graph_of(R"(graph ""
input %x : f32[1x20x3]
constant @w1 : f32[4x3x3] = random 1
constant @w2 : f32[4x1x3] = random 2
%t = Transpose(%x) {perm=[0,2,1]} : f32[1x3x20]
%c1 = Conv(%t, @w1) : f32[1x4x18]
%r1 = Relu(%c1) : f32[1x4x18]
%c2 = Conv(%r1, @w2) {group=4, pads=[1,1]} : f32[1x4x18]
%p = MaxPool(%c2) {kernel_shape=[2], strides=[2]} : f32[1x4x9]
%r2 = Relu(%p) : f32[1x4x9]
%y = Transpose(%r2) {perm=[0,2,1]} : f32[1x9x4]
output %y
)"));
  CHECK(ops_of(after) == "Reshape Conv2d DepthwiseConv2d MaxPool2d Reshape");
}

TEST_CASE("what has no kernel is refused with the node's name") {
  OpDef kernelless = *find_op("Sigmoid");
  kernelless.lower = nullptr;
  Graph graph = graph_of("graph \"\"\ninput %x : f32[2]\n%y = Sigmoid(%x) : f32[2]   // head/odd (Sigmoid)\noutput %y\n");
  graph.nodes[0].op = &kernelless;
  const Target target{};
  const Result<Graph> after = run_passes(standard_pipeline(), std::move(graph), {.target = target});
  REQUIRE_FALSE(after);
  CHECK(after.error().code == Code::stage_violation);
  CHECK(after.error().where.node == "head/odd");
}

TEST_CASE("running the pipeline twice changes nothing") {
  const Graph once = through_pipeline(chain_of(7));
  CHECK(body(through_pipeline(once)) == body(once));
}

TEST_CASE("the time of the pipeline grows with the graph, not with its square") {
  const Target target{};
  const auto seconds = [&](int length) {
    Graph graph = chain_of(length);
    const auto start = std::chrono::steady_clock::now();
    const Result<Graph> after = run_passes(standard_pipeline(), std::move(graph), {.target = target});
    REQUIRE(after);
    CHECK(count_of(*after, "Transpose") == 0);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double small = seconds(2000);
  const double large = seconds(10000);
  WARN("10,000 nodes: " << large << " s");
  CHECK(large < 15.0 * small + 0.1);  // a square would be 25 times
}
