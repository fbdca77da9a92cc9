#include "passes/plan/make_plan.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/random_graphs.hpp"

using namespace mote;
using namespace mote::plan_test;

namespace {

Plan planned(const GraphBuilder& builder, const PlanOptions& options = {}) {
  auto plan = make_plan(builder.graph, Target{}, options);
  if (!plan) FAIL(render(plan.error()));
  return *std::move(plan);
}

const Placement& place(const Plan& plan, ValueId value) { return plan.placement(value); }

}  // namespace

TEST_CASE("a chain reuses the bytes of what is no longer needed") {
  GraphBuilder build;
  ValueId v = build.input(10);
  for (const int elements : {100, 50, 100, 50, 100}) v = build.mix({v}, elements);
  build.output(build.mix({v}, 1));
  const Plan plan = planned(build);
  CHECK(plan.arena_bytes == 600);
  CHECK(plan.lower_bound_bytes == 600);
  CHECK(plan.sum_bytes == 1600);
  CHECK(plan.proven_optimal);
}

TEST_CASE("the interface has no bytes in the arena") {
  GraphBuilder build;
  const ValueId x = build.input(10);
  const ValueId y = build.mix({x}, 20);
  const ValueId z = build.mix({y}, 30);  // reads y back from the caller's buffer
  build.output(y);
  build.output(z);
  const Plan plan = planned(build);
  CHECK(plan.arena_bytes == 0);
  CHECK(place(plan, x).home == Home::caller_input);
  CHECK(place(plan, y).home == Home::caller_output);
  CHECK(place(plan, z).index == 1);
}

TEST_CASE("views take no bytes and no step") {
  GraphBuilder build;
  const ValueId a = build.mix({build.input(1)}, 40);
  const ValueId part = build.cut(a, 10, 20);
  const ValueId inner = build.cut(part, 5, 5);
  build.output(build.mix({inner, part}, 1));
  const Plan plan = planned(build);
  CHECK(plan.steps.size() == 2);
  CHECK(plan.arena_bytes == 160);
  CHECK(place(plan, inner).storage == a);
  CHECK(place(plan, inner).offset == place(plan, a).offset + 60);
}

TEST_CASE("the parts of a concatenation are written in place") {
  GraphBuilder build;
  const ValueId x = build.input(1);
  const ValueId a = build.mix({x}, 10);
  const ValueId b = build.mix({x}, 20);
  const ValueId c = build.join({a, b});
  const ValueId d = build.mix({x}, 5);
  build.output(build.mix({build.join({c, d})}, 1));
  const Plan plan = planned(build);
  CHECK(plan.steps.size() == 4);
  CHECK(plan.arena_bytes == 4 * 35);
  CHECK(place(plan, b).offset == place(plan, a).offset + 40);
  CHECK(place(plan, d).offset == place(plan, a).offset + 120);
}

TEST_CASE("a concatenation keeps its kernel when a part cannot move") {
  GraphBuilder build;
  const ValueId x = build.input(4);
  const ValueId a = build.mix({x}, 10);
  SECTION("because it occurs twice") { build.output(build.mix({build.join({a, a})}, 1)); }
  SECTION("because it is a graph input") { build.output(build.mix({build.join({a, x})}, 1)); }
  SECTION("because it is a constant") { build.output(build.mix({build.join({a, build.constant(3)})}, 1)); }
  SECTION("because it is a graph output") {
    build.output(build.mix({build.join({a})}, 1));
    build.output(a);
  }
  SECTION("because it is a piece of something larger") {
    build.output(build.mix({build.join({build.cut(a, 1, 2)})}, 1));
  }
  CHECK(planned(build).steps.size() == 3);
}

TEST_CASE("an elementwise operator overwrites an operand that dies") {
  GraphBuilder build;
  const ValueId x = build.input(1);
  ValueId a = build.mix({x}, 25);
  const ValueId b = build.mix({x}, 25);
  a = build.each({a, b});
  a = build.each({a});
  build.output(build.mix({a}, 1));
  CHECK(planned(build).arena_bytes == 200);
  CHECK(planned(build, {.overlap = false}).arena_bytes == 300);
}

TEST_CASE("a convolution adds its residual in place") {
  GraphBuilder build;
  const ValueId shortcut = build.mix({build.input(1)}, 60);
  const Attrs same{{"in_h", std::int64_t{5}},     {"in_w", std::int64_t{4}},     {"in_c", std::int64_t{3}},
                   {"kernel_h", std::int64_t{3}}, {"kernel_w", std::int64_t{3}}, {"pad_top", std::int64_t{1}},
                   {"pad_left", std::int64_t{1}}};
  const ValueId middle = build.window(shortcut, same);
  const ValueId sum = build.window(middle, same, shortcut);
  build.output(build.mix({sum}, 1));
  const Plan plan = planned(build);
  CHECK(plan.arena_bytes == 480);
  CHECK(place(plan, sum).offset == place(plan, shortcut).offset);
}

TEST_CASE("a window kernel lies over its input up to the distance of its loops") {
  GraphBuilder build;
  const ValueId x = build.mix({build.input(1)}, 60);
  // 3x3, same size: after output pixel (oh, ow) input row oh-1 is needed from column ow on: one row and one pixel.
  const ValueId y = build.window(x, {{"in_h", std::int64_t{5}},
                                     {"in_w", std::int64_t{4}},
                                     {"in_c", std::int64_t{3}},
                                     {"kernel_h", std::int64_t{3}},
                                     {"kernel_w", std::int64_t{3}},
                                     {"pad_top", std::int64_t{1}},
                                     {"pad_left", std::int64_t{1}},
                                     {"tile_c", std::int64_t{3}}});
  build.output(build.mix({y}, 1));
  const Plan plan = planned(build);
  CHECK(plan.arena_bytes == 240 + 4 * 3 * (4 + 1));
  CHECK(plan.lower_bound_bytes == plan.arena_bytes);
}

TEST_CASE("a chain of window kernels runs to and fro in the bytes of one tensor and one distance") {
  GraphBuilder build;
  const Attrs depthwise{{"in_h", std::int64_t{5}},     {"in_w", std::int64_t{4}},       {"in_c", std::int64_t{3}},
                        {"kernel_h", std::int64_t{3}}, {"kernel_w", std::int64_t{3}},   {"pad_top", std::int64_t{1}},
                        {"pad_left", std::int64_t{1}}, {"multiplier", std::int64_t{1}}, {"tile_c", std::int64_t{3}}};
  ValueId v = build.mix({build.input(1)}, 60);
  for (int layer = 0; layer < 6; ++layer) v = build.window(v, depthwise);
  build.output(build.mix({v}, 1));
  const Plan plan = planned(build);
  CHECK(plan.arena_bytes == 240 + 60);
  CHECK(plan.proven_optimal);
  std::size_t backward = 0;
  for (const Step& step : plan.steps) backward += step.call.kernel == "depthwise_conv2d_f32_backward" ? 1U : 0U;
  CHECK(backward == 3);
}

TEST_CASE("outputs without bytes of their own are copied") {
  GraphBuilder build;
  const ValueId x = build.input(8);
  const ValueId a = build.mix({x}, 10);
  SECTION("a graph input") { build.output(x); }
  SECTION("a constant") { build.output(build.constant(3)); }
  SECTION("a part of a larger tensor") { build.output(build.cut(a, 2, 3)); }
  SECTION("the same value twice") {
    build.output(a);
    build.output(a);
  }
  SECTION("a view of another output") {
    build.output(build.cut(a, 0, 10));
    build.output(a);
  }
  build.output(build.mix({a}, 1));
  const Plan plan = planned(build);
  CHECK(plan.steps.size() == 3);
  for (std::size_t i = 0; i < plan.graph.outputs.size(); ++i) {
    CHECK(place(plan, plan.graph.outputs[i]).home == Home::caller_output);
    CHECK(place(plan, plan.graph.outputs[i]).index == i);
  }
}

TEST_CASE("branches run in the order that needs the least memory") {
  GraphBuilder build;
  const ValueId x = build.input(1);
  // Two branches, each large inside and small at its end: one after the other.
  const ValueId a = build.mix({x}, 100);
  const ValueId b = build.mix({x}, 100);
  const ValueId small_a = build.mix({a}, 5);
  const ValueId small_b = build.mix({b}, 5);
  build.output(build.mix({small_a, small_b}, 1));
  CHECK(planned(build).arena_bytes == 440);
  CHECK(planned(build, {.reorder = false}).arena_bytes == 820);
}

TEST_CASE("weights are counted once, and only when a step reads them") {
  GraphBuilder build;
  const ValueId w = build.constant(7);
  static_cast<void>(build.constant(9));
  const ValueId a = build.mix({build.input(1), w}, 5);
  build.output(build.mix({a, w}, 5));
  CHECK(planned(build).weights_bytes == 28);
}

TEST_CASE("plans are the same every time") {
  Rng rng(7);
  for (int i = 0; i < 50; ++i) {
    const Graph graph = random_graph(rng, 12);
    const auto first = make_plan(graph, Target{});
    const auto second = make_plan(graph, Target{});
    REQUIRE(first);
    CHECK(first->placements == second->placements);
  }
}
