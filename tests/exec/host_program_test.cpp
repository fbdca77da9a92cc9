#include "lib/exec/host_program.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "lib/exec/gradient.hpp"
#include "lib/exec/interpreter.hpp"
#include "lib/exec/matrix_product.hpp"
#include "lib/ops/term.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Sums in another order differ by rounding, relative to the largest magnitude.
constexpr double tolerance = 4e-5;

void check_close(const Tensor& given, const Tensor& expected) {
  REQUIRE(given.dtype == expected.dtype);
  REQUIRE(given.shape == expected.shape);
  const std::vector<double> a = given.to_reals(), b = expected.to_reals();
  double largest = 1.0;
  for (const double value : b) largest = std::max(largest, std::isfinite(value) ? std::fabs(value) : 1.0);
  std::size_t distant = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    distant += same || std::fabs(a[i] - b[i]) <= tolerance * largest ? 0U : 1U;
  }
  CHECK(distant == 0);
}

std::vector<Tensor> present(const Instance& instance) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < instance.operands.size(); ++i) {
    const ValueId id = instance.graph.nodes[0].inputs[i];
    if (id && !instance.graph.at(id).is_constant()) inputs.push_back(instance.operands[i]);
  }
  return inputs;
}

}  // namespace

TEST_CASE("a host program gives what the interpreter gives, every operator, run after run") {
  Rng rng(77);
  for (const OpDef* op : all_ops()) {
    for (int round = 0; round < 25; ++round) {
      INFO(op->name << ", sample " << round);
      const Instance instance = draw(*op, rng);
      const std::vector<Tensor> inputs = present(instance);
      const auto expected = interpret(instance.graph, inputs);
      REQUIRE(expected);
      HostProgram program(instance.graph);
      for (std::size_t i = 0; i < inputs.size(); ++i) program.tensor(instance.graph.inputs[i]) = inputs[i];
      program.run();
      program.run();  // what the first run left behind must not matter
      for (std::size_t i = 0; i < expected->size(); ++i)
        check_close(program.tensor(instance.graph.outputs[i]), (*expected)[i]);
    }
  }
}

// Nodes of gradients run together, over windows that move by any step, with pads and holes.
TEST_CASE("gradients of depthwise convolutions are those of the interpreter") {
  Rng rng(5);
  const OpDef& depthwise = *find_op("DepthwiseConv2d");
  for (int round = 0; round < 60; ++round) {
    INFO("sample " << round);
    const Instance instance = draw(depthwise, rng);
    Graph graph = instance.graph;
    TermBuilder builder(graph, {});
    const Term y = builder.term(graph.outputs[0]);
    graph.outputs = {reshaped(builder.apply("ReduceSum", {y * y}), {1}).id};
    const std::vector<ValueId> variables{graph.inputs[0], graph.nodes[0].inputs[1]};
    const auto with_gradients = differentiate(graph, graph.outputs[0], variables);
    REQUIRE(with_gradients);
    const auto expected = interpret(*with_gradients, present(instance));
    REQUIRE(expected);
    HostProgram program(*with_gradients);
    program.tensor(graph.inputs[0]) = present(instance)[0];
    program.run();
    program.run();
    for (std::size_t i = 0; i < expected->size(); ++i)
      check_close(program.tensor(with_gradients->outputs[i]), (*expected)[i]);
  }
}

TEST_CASE("what several nodes read is computed although one of them could take it in") {
  Graph graph;
  const TensorType type{.dtype = DType::f32, .shape = *Shape::make({1, 3})};
  graph.inputs = {graph.add_value("x", type)};
  TermBuilder builder(graph, {});
  const Term x = builder.term(graph.inputs[0]), question = greater(x, 0.5F);
  const Term chosen = choose(question, x, 0.0F), shaped = reshaped(chosen, {3, 1});
  graph.outputs = {question.id, chosen.id, shaped.id};
  HostProgram program(graph);
  program.tensor(graph.inputs[0]) = floats({1, 3}, {0.25F, 0.75F, 1.5F});
  program.run();
  CHECK(program.tensor(question.id).to_integers() == std::vector<std::int64_t>{0, 1, 1});
  CHECK(program.tensor(chosen.id).to_reals() == std::vector{0.0, 0.75, 1.5});
  CHECK(program.tensor(shaped.id).to_reals() == std::vector{0.0, 0.75, 1.5});
}

TEST_CASE("a product of matrices of any size and order of elements is the sum of products") {
  Rng rng(3);
  std::vector<float> panel;
  for (int round = 0; round < 200; ++round) {
    const std::int64_t rows = rng.integer(1, 20), depth = rng.integer(1, 40), columns = rng.integer(1, 40);
    const bool turn_left = rng.chance(2), turn_right = rng.chance(2);
    std::vector<float> left(static_cast<std::size_t>(rows * depth)), right(static_cast<std::size_t>(depth * columns));
    for (float& value : left) value = rng.real(-1.0F, 1.0F);
    for (float& value : right) value = rng.real(-1.0F, 1.0F);
    std::vector<float> y(static_cast<std::size_t>(rows * columns), 0.5F);
    const MatrixView a{left.data(), turn_left ? 1 : depth, turn_left ? rows : 1};
    const MatrixView b{right.data(), turn_right ? 1 : columns, turn_right ? depth : 1};
    add_matrix_product(rows, depth, columns, a, b, y.data(), panel);
    double worst = 0.0;
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) {
        double sum = 0.5;
        for (std::int64_t k = 0; k < depth; ++k)
          sum += static_cast<double>(left[static_cast<std::size_t>(i * a.row + k * a.column)]) *
                 static_cast<double>(right[static_cast<std::size_t>(k * b.row + j * b.column)]);
        worst = std::max(worst, std::fabs(sum - static_cast<double>(y[static_cast<std::size_t>(i * columns + j)])));
      }
    CHECK(worst < 1e-5);
  }
}
