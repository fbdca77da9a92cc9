#include <algorithm>

#include <catch2/catch.hpp>

#include "passes/plan/make_plan.hpp"
#include "passes/plan/window.hpp"
#include "tests/plan/random_graphs.hpp"

using namespace mote;
using namespace mote::plan_test;

namespace {

#ifdef NDEBUG
constexpr int random_plans = 10'000;
#else
constexpr int random_plans = 1'000;
#endif

Plan planned(const Graph& graph) {
  auto plan = make_plan(graph, Target{}, {.search_budget = 2'000});
  if (!plan) FAIL(render(plan.error()));
  return *std::move(plan);
}

Plan random_plan(Rng& rng) { return planned(random_graph(rng, rng.integer(2, 14))); }

bool rejected(const Plan& plan) {
  const Status status = check(plan);
  if (!status) CHECK(status.error().code == Code::plan_rejected);
  return !status;
}

Placement& place(Plan& plan, ValueId value) { return *std::ranges::find(plan.placements, value, &Placement::value); }

std::vector<ValueId> values_read(const Plan& plan, const Step& step) {
  std::vector<ValueId> values;
  const Node& node = plan.graph.nodes[step.node];
  for (const ValueId operand : step.call.operands) {
    if (operand && std::ranges::find(node.outputs, operand) == node.outputs.end()) values.push_back(operand);
  }
  return values;
}

// The arena's end follows what was moved, so that the totals do not give a mutation away.
void settle_arena(Plan& plan) {
  plan.arena_bytes = 0;
  for (const Placement& p : plan.placements) {
    if (p.home == Home::arena) plan.arena_bytes = std::max(plan.arena_bytes, p.offset + p.bytes);
  }
  for (const Step& step : plan.steps) {
    if (step.call.scratch_bytes > 0) {
      plan.arena_bytes = std::max(plan.arena_bytes, step.scratch_offset + step.call.scratch_bytes);
    }
  }
  plan.lower_bound_bytes = 0;
}

}  // namespace

TEST_CASE("random plans pass, with and without overlap and reordering") {
  Rng rng(2024);
  std::int64_t arena = 0, sum = 0;
  for (int i = 0; i < random_plans; ++i) {
    const Graph graph = random_graph(rng, rng.integer(2, 14));
    const PlanOptions options{.overlap = !rng.chance(4), .reorder = !rng.chance(4), .search_budget = 2'000};
    const auto plan = make_plan(graph, Target{}, options);
    if (!plan) FAIL("plan " << i << ": " << render(plan.error()));
    arena += plan->arena_bytes;
    sum += plan->sum_bytes;
    CHECK(plan->lower_bound_bytes <= plan->arena_bytes);
  }
  CHECK(arena * 10 < sum * 7);
}

TEST_CASE("every wrong lifetime is rejected") {
  Rng rng(5);
  for (int i = 0; i < random_plans / 20; ++i) {
    const Plan plan = random_plan(rng);
    for (std::size_t p = 0; p < plan.placements.size(); ++p) {
      Plan mutant = plan;
      std::int32_t& bound = rng.chance(2) ? mutant.placements[p].first_step : mutant.placements[p].last_step;
      bound += rng.chance(2) ? 1 : -1;
      CHECK(rejected(mutant));
    }
  }
}

TEST_CASE("an order in which a value is read before it is written is rejected") {
  Rng rng(6);
  int swapped = 0;
  for (int i = 0; i < random_plans / 10; ++i) {
    const Plan plan = random_plan(rng);
    for (std::size_t step = 0; step + 1 < plan.steps.size(); ++step) {
      const std::vector<ValueId>& written = plan.graph.nodes[plan.steps[step].node].outputs;
      const std::vector<ValueId> read = values_read(plan, plan.steps[step + 1]);
      if (std::ranges::find_first_of(read, written) == read.end()) continue;
      Plan mutant = plan;
      std::swap(mutant.steps[step], mutant.steps[step + 1]);
      CHECK(rejected(mutant));
      ++swapped;
    }
  }
  CHECK(swapped > 100);
}

TEST_CASE("a value moved onto one that is still needed is rejected") {
  Rng rng(7);
  int moved = 0;
  for (int i = 0; i < random_plans / 10; ++i) {
    GraphBuilder build;
    std::vector<ValueId> values{build.input(3)};
    for (int node = 0; node < 8; ++node) {
      const auto any = [&] { return values[static_cast<std::size_t>(rng.integer(0, std::ssize(values) - 1))]; };
      values.push_back(build.mix({values.back(), any()}, rng.integer(1, 20)));
    }
    build.output(values.back());
    const Plan plan = planned(build.graph);
    for (const Placement& a : plan.placements) {
      for (const Placement& b : plan.placements) {
        // Mix promises nothing: whatever is alive together lies apart.
        const bool together = a.first_step <= b.last_step && b.first_step <= a.last_step;
        if (a.value == b.value || a.home != Home::arena || b.home != Home::arena || !together) continue;
        Plan mutant = plan;
        place(mutant, a.value).offset = b.offset;
        settle_arena(mutant);
        CHECK(rejected(mutant));
        ++moved;
      }
    }
  }
  CHECK(moved > 1000);
}

TEST_CASE("overlap is re-proved exactly: the distance passes, one element less does not") {
  Rng rng(8);
  int tight = 0;
  for (int i = 0; i < random_plans / 2; ++i) {
    GraphBuilder build;
    const std::int64_t in_c = rng.integer(1, 5), in_h = rng.integer(1, 7), in_w = rng.integer(1, 9);
    const std::int64_t kernel_h = rng.integer(1, 3), kernel_w = rng.integer(1, 3);
    const std::int64_t stride_h = rng.integer(1, 2), stride_w = rng.integer(1, 2);
    const std::int64_t pad_h = rng.integer(0, kernel_h - 1), pad_w = rng.integer(0, kernel_w - 1);
    if (in_h + 2 * pad_h < kernel_h || in_w + 2 * pad_w < kernel_w) continue;
    const bool depthwise = rng.chance(2);
    const std::int64_t out_c = depthwise ? in_c * rng.integer(1, 2) : rng.integer(1, 7);
    Attrs geometry{{"in_h", in_h},
                   {"in_w", in_w},
                   {"in_c", in_c},
                   {"kernel_h", kernel_h},
                   {"kernel_w", kernel_w},
                   {"stride_h", stride_h},
                   {"stride_w", stride_w},
                   {"pad_top", pad_h},
                   {"pad_left", pad_w},
                   {"out_h", (in_h + 2 * pad_h - kernel_h) / stride_h + 1},
                   {"out_c", out_c},
                   {"out_w", (in_w + 2 * pad_w - kernel_w) / stride_w + 1},
                   {"tile_w", rng.integer(1, 4)},
                   {"tile_c", rng.integer(1, out_c)}};
    if (depthwise) {
      geometry["multiplier"] = out_c / in_c;
      if (out_c != in_c) geometry["tile_c"] = std::int64_t{1};
    }
    const ValueId x = build.mix({build.input(1)}, in_h * in_w * in_c);
    const ValueId y = build.window(x, geometry);
    build.output(build.mix({y}, 1));

    auto made = make_plan(build.graph, Target{}, {.overlap = false});
    REQUIRE(made);
    Plan plan = *std::move(made);
    const auto distances = distances_of(*window_loops_of(plan.steps[1].call));
    REQUIRE(distances);
    place(plan, y).offset = 0;
    place(plan, x).offset = 4 * distances->forward;
    settle_arena(plan);
    INFO("plan " << i);
    CHECK_FALSE(rejected(plan));
    if (distances->forward > 0) {
      place(plan, x).offset -= 4;
      settle_arena(plan);
      CHECK(rejected(plan));
      ++tight;
    }
    plan.steps[1].call.kernel += "_backward";
    place(plan, x).offset = 0;
    place(plan, y).offset = 4 * distances->backward;
    settle_arena(plan);
    CHECK_FALSE(rejected(plan));
    if (distances->backward > 0) {
      place(plan, y).offset -= 4;
      settle_arena(plan);
      CHECK(rejected(plan));
      ++tight;
    }
  }
  CHECK(tight > random_plans / 4);
}

TEST_CASE("a residual may only lie exactly under the output or clear of what is written before it is read") {
  GraphBuilder build;
  const Attrs same{{"in_h", std::int64_t{3}},
                   {"in_w", std::int64_t{4}},
                   {"in_c", std::int64_t{4}},
                   {"tile_w", std::int64_t{2}},
                   {"tile_c", std::int64_t{2}}};
  const ValueId shortcut = build.mix({build.input(1)}, 48);
  const ValueId middle = build.window(shortcut, same);
  const ValueId sum = build.window(middle, same, shortcut);
  build.output(build.mix({sum}, 1));
  Plan plan = planned(build.graph);
  REQUIRE(place(plan, sum).offset == place(plan, shortcut).offset);
  place(plan, shortcut).offset = 0;
  place(plan, middle).offset = 400;
  const auto with_sum_at = [&](std::int64_t offset) {
    place(plan, sum).offset = offset;
    settle_arena(plan);
    return check(plan) ? "accepted" : "rejected";
  };
  CHECK(with_sum_at(0) == std::string("accepted"));
  CHECK(with_sum_at(4) == std::string("rejected"));
  CHECK(with_sum_at(96) == std::string("rejected"));
  CHECK(with_sum_at(192) == std::string("accepted"));
}

TEST_CASE("an elementwise output may lie at or before its operand, never behind it") {
  GraphBuilder build;
  const ValueId x = build.mix({build.input(1)}, 10);
  const ValueId y = build.each({x});
  build.output(build.mix({y}, 1));
  Plan plan = planned(build.graph);
  for (const std::int64_t offset : {0, 4, 20, 40}) {
    place(plan, x).offset = offset;
    place(plan, y).offset = 0;
    settle_arena(plan);
    CHECK_FALSE(rejected(plan));
    if (offset == 0 || offset == 40) continue;
    std::swap(place(plan, x).offset, place(plan, y).offset);
    CHECK(rejected(plan));
  }
}

TEST_CASE("kernels of two element types may not overlap") {
  GraphBuilder build;
  const ValueId x = build.mix({build.input(1)}, 10);
  const ValueId y = build.each({x});
  build.graph.at(y).type.dtype = DType::s32;
  build.output(build.mix({y}, 1));
  Plan plan = planned(build.graph);
  CHECK(plan.arena_bytes == 80);
  place(plan, y).offset = place(plan, x).offset;
  settle_arena(plan);
  CHECK(rejected(plan));
}

TEST_CASE("scratch is part of the arena and touches no operand") {
  GraphBuilder build;
  const ValueId x = build.mix({build.input(1)}, 5);
  build.output(build.mix({x}, 1, 12));
  Plan plan = planned(build.graph);
  CHECK(plan.arena_bytes >= 32);
  CHECK(plan.scratch_bytes == 12);
  for (const std::int64_t offset : {std::int64_t{-8}, std::int64_t{4}, place(plan, x).offset, std::int64_t{1000}}) {
    Plan mutant = plan;
    mutant.steps[1].scratch_offset = offset;
    CHECK(rejected(mutant));
  }
}

TEST_CASE("each promise of a plan is checked") {
  GraphBuilder build;
  const ValueId x = build.input(4);
  const ValueId w = build.constant(4);
  const ValueId a = build.mix({x, w}, 8);
  const ValueId part = build.cut(a, 4, 4);
  const ValueId y = build.mix({part}, 4);
  build.output(y);
  const Plan plan = planned(build.graph);
  REQUIRE_FALSE(rejected(plan));
  Plan mutant = plan;
  SECTION("arena total") { ++mutant.arena_bytes; }
  SECTION("arena too small") { --mutant.arena_bytes; }
  SECTION("sum") { ++mutant.sum_bytes; }
  SECTION("weights") { mutant.weights_bytes = 0; }
  SECTION("scratch total") { mutant.scratch_bytes = 1; }
  SECTION("multiply-accumulates") { ++mutant.macs; }
  SECTION("lower bound") { mutant.lower_bound_bytes = mutant.arena_bytes + 1; }
  SECTION("a step left out") { mutant.steps.pop_back(); }
  SECTION("a step twice") { mutant.steps.push_back(mutant.steps.back()); }
  SECTION("a placement left out") { mutant.placements.pop_back(); }
  SECTION("a placement twice") { mutant.placements.push_back(mutant.placements.back()); }
  SECTION("size") { place(mutant, a).bytes = 16; }
  SECTION("alignment") {
    for (const ValueId v : {a, part}) place(mutant, v).offset += 2;
    mutant.arena_bytes += 2;
  }
  SECTION("a view at the wrong place") { place(mutant, part).offset -= 4; }
  SECTION("a view without its storage") { place(mutant, part).storage = y; }
  SECTION("an output in the arena") { place(mutant, y).home = Home::arena; }
  SECTION("an output in another output's buffer") { place(mutant, y).index = 1; }
  SECTION("a result written over an input") {
    place(mutant, y).home = Home::caller_input;
    place(mutant, y).index = 0;
  }
  SECTION("a constant read elsewhere") { place(mutant, w).storage = x; }
  SECTION("an operand of another node") { mutant.steps[1].call.operands[0] = x; }
  SECTION("a result that is not written") { mutant.steps[1].call.operands.pop_back(); }
  CHECK(rejected(mutant));
}

TEST_CASE("a rejection names the value") {
  GraphBuilder build;
  const ValueId a = build.mix({build.input(4)}, 8);
  build.output(build.mix({a}, 4));
  Plan plan = planned(build.graph);
  place(plan, a).last_step = 7;
  CHECK_THAT(render(check(plan).error()), Catch::Contains("'v'"));
}
