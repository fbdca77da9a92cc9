#include "lib/exec/trainer.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "lib/ops/term.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr std::int64_t sample_count = 40;

// x [1,3] -> x w + b, against a wanted y [1,2]; w and b begin at 0.
TrainingProblem linear_problem() {
  TrainingProblem problem{.samples = sample_count};
  Graph& graph = problem.graph;
  const auto type = [](std::vector<std::int64_t> extents) {
    return TensorType{.dtype = DType::f32, .shape = *Shape::make(std::move(extents))};
  };
  graph.inputs = {graph.add_value("x", type({1, 3})), graph.add_value("wanted", type({1, 2}))};
  TermBuilder builder(graph, {});
  const Term w = builder.constant(floats({3, 2}, std::vector<float>(6, 0.0F)));
  const Term b = builder.constant(floats({2}, {0.0F, 0.0F}));
  const Term error = builder.apply("Dense", {builder.term(graph.inputs[0]), w, b}) - builder.term(graph.inputs[1]);
  graph.outputs = {builder.apply("ReduceMean", {error * error}).id};
  problem.variables = {w.id, b.id};
  problem.load = [x = graph.inputs[0], wanted = graph.inputs[1]](std::int64_t sample, std::uint64_t,
                                                                 HostProgram& program) -> Status {
    Rng rng(static_cast<std::uint64_t>(sample) + 100);
    const auto inputs = program.tensor(x).as<float>();
    for (float& value : inputs) value = rng.real(-1.0F, 1.0F);
    program.tensor(wanted).as<float>()[0] = 2.0F * inputs[0] - inputs[1] + 0.5F;
    program.tensor(wanted).as<float>()[1] = inputs[2] - 0.25F;
    return Ok{};
  };
  return problem;
}

constexpr TrainingOptions options{.epochs = 60, .batch = 8, .rate = 0.05};

TrainingState trained(const TrainingObserver& observe, TrainingState from = {}) {
  auto state = train(linear_problem(), options, observe, std::move(from));
  REQUIRE(state);
  return *std::move(state);
}

TrainingState trained() {
  return trained([](const EpochReport&, const TrainingState&) { return true; });
}

}  // namespace

TEST_CASE("zeros that are kept are not trained") {
  TrainingProblem problem = linear_problem();
  Tensor w = floats({3, 2}, {1.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.5F});
  problem.graph.at(problem.variables[0]).data = std::make_shared<const Bytes>(w.bytes);
  problem.keeps_zeros = {true, false};
  const auto state = train(problem, options, [](const EpochReport&, const TrainingState&) { return true; });
  REQUIRE(state);
  const std::vector<float> wanted{2.0F, 0.0F, -1.0F, 0.0F, 0.0F, 1.0F}, b{0.5F, -0.25F};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK(state->best[0][i] == Approx(wanted[i]).margin(0.01));
    CHECK((state->best[0][i] == 0.0F) == (wanted[i] == 0.0F));
  }
  for (std::size_t i = 0; i < b.size(); ++i) CHECK(state->best[1][i] == Approx(b[i]).margin(0.01));
}

TEST_CASE("training finds the weights of a linear network") {
  const TrainingState state = trained();
  const std::vector<float> w{2.0F, 0.0F, -1.0F, 0.0F, 0.0F, 1.0F}, b{0.5F, -0.25F};
  for (std::size_t i = 0; i < w.size(); ++i) CHECK(state.best[0][i] == Approx(w[i]).margin(0.01));
  for (std::size_t i = 0; i < b.size(); ++i) CHECK(state.best[1][i] == Approx(b[i]).margin(0.01));
  CHECK(state.best_loss < 1e-4);
}

TEST_CASE("training gives the same bits every time") {
  const TrainingState first = trained(), second = trained();
  CHECK(first.best == second.best);
  CHECK(first.best_loss == second.best_loss);
}

TEST_CASE("training that was interrupted goes on to the same result") {
  const TrainingState half = trained([](const EpochReport& report, const TrainingState&) { return report.epoch < 20; });
  REQUIRE(half.epochs_done == 20);
  const TrainingState whole = trained([](const EpochReport&, const TrainingState&) { return true; }, half);
  CHECK(whole.best == trained().best);
}

TEST_CASE("the best epoch is kept when later ones are worse") {
  // A rate at which Adam overshoots at once.
  TrainingOptions wild = options;
  wild.rate = 50.0;
  wild.epochs = 3;
  std::vector<double> losses;
  const auto state = train(linear_problem(), wild, [&](const EpochReport& report, const TrainingState&) {
    losses.push_back(report.held_out);
    return true;
  });
  REQUIRE(state);
  CHECK(state->best_epoch == 0);
  CHECK(state->best[0] == std::vector<float>(6, 0.0F));
  for (const double loss : losses) CHECK(loss > state->best_loss);
}

TEST_CASE("the first step of a variable is as long as rate and unit say") {
  // Adam's first step is the rate whatever the gradient is.
  TrainingProblem problem = linear_problem();
  problem.units = {0.5F, 4.0F};
  TrainingOptions once = options;
  once.epochs = 1;
  once.batch = sample_count;
  const auto state = train(problem, once, [](const EpochReport&, const TrainingState&) { return true; });
  REQUIRE(state);
  for (const float value : state->values[0]) CHECK(std::fabs(value) == Approx(0.5 * once.rate).epsilon(1e-3));
  for (const float value : state->values[1]) CHECK(std::fabs(value) == Approx(4.0 * once.rate).epsilon(1e-3));
}

TEST_CASE("training without progress ends when patience does") {
  TrainingOptions impatient = options;
  impatient.rate = 50.0;
  impatient.patience = 2;
  const auto state = train(linear_problem(), impatient, [](const EpochReport&, const TrainingState&) { return true; });
  REQUIRE(state);
  CHECK(state->epochs_done == 2);
}

TEST_CASE("the last output judges what the first one trains") {
  TrainingProblem problem = linear_problem();
  TermBuilder builder(problem.graph, {});
  const Term b = builder.term(problem.variables[1]);
  // Far from what is trained: the bias 1.
  const Term distance = b - 1.0F;
  problem.graph.outputs.push_back(builder.apply("ReduceMean", {distance * distance}).id);
  const auto state = train(problem, options, [](const EpochReport&, const TrainingState&) { return true; });
  REQUIRE(state);
  CHECK(state->values[0][0] == Approx(2.0).margin(0.01));
  double judged = 0.0;
  for (const float value : state->best[1])
    judged += (static_cast<double>(value) - 1.0) * (static_cast<double>(value) - 1.0) / 2.0;
  CHECK(state->best_loss == Approx(judged));
}

TEST_CASE("what fades pulls less in the end than what stays") {
  TrainingProblem problem = linear_problem();
  TermBuilder builder(problem.graph, {});
  const Term loss = builder.term(problem.graph.outputs[0]), b = builder.term(problem.variables[1]);
  const Term weight = builder.scalar(2.0F), distance = b - 1.0F;
  problem.graph.outputs = {(loss + weight * builder.apply("ReduceMean", {distance * distance})).id, loss.id};
  const auto last_bias = [&] {
    const auto state = train(problem, options, [](const EpochReport&, const TrainingState&) { return true; });
    REQUIRE(state);
    return state->values[1][1];
  };
  CHECK(last_bias() == Approx((2.0 * 1.0 - 0.25) / 3.0).margin(0.05));
  problem.fading = weight.id;
  CHECK(last_bias() < 0.3F);  // on its way to -0.25
}
