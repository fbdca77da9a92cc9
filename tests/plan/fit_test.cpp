#include "lib/plan/fit.hpp"

#include <catch2/catch.hpp>

#include "passes/plan/make_plan.hpp"
#include "tests/plan/random_graphs.hpp"

using namespace mote;
using namespace mote::plan_test;

namespace {

Target part() {
  Target target{.name = "part"};
  target.memory = {{.name = "sram", .kind = MemoryKind::ram, .bytes = 1000, .reserved_bytes = 200},
                   {.name = "dtcm", .kind = MemoryKind::ram, .bytes = 2000, .section = ".dtcm"},
                   {.name = "sram2", .kind = MemoryKind::ram, .bytes = 3000, .section = ".sram2"},
                   {.name = "hidden", .kind = MemoryKind::ram, .bytes = 9000},
                   {.name = "flash", .kind = MemoryKind::flash, .bytes = 500}};
  target.arena_region = 0;
  target.weights_region = 4;
  return target;
}

// Arena: `elements` and `elements` / 2 floats at the same time. Weights: `weights` floats.
Plan plan_of(std::int64_t elements, std::int64_t weights) {
  GraphBuilder build;
  const ValueId a = build.mix({build.input(1), build.constant(weights)}, elements);
  build.output(build.mix({build.mix({a}, elements / 2)}, 1));
  build.graph.at(a).name = "big";
  build.graph.nodes[1].origin = {.file = {}, .node = "conv1", .op_type = "Conv", .value = {}};
  return *make_plan(build.graph, part());
}

}  // namespace

TEST_CASE("a plan that fits goes to the regions that the target names") {
  const Plan plan = plan_of(100, 10);
  const FitReport report = fit(plan);
  CHECK(report.fits());
  CHECK(report.ram.region == 0);
  CHECK(report.ram.needed_bytes == 600);
  CHECK(report.ram.usable_bytes == 800);
  CHECK(report.flash.region == 4);
  CHECK(check_fit(plan, report));
}

TEST_CASE("a larger plan goes to the roomiest region that the linker can reach") {
  const FitReport report = fit(plan_of(200, 10));
  CHECK(report.fits());
  CHECK(report.ram.region == 2);
}

TEST_CASE("a plan that fits nowhere is refused with what it misses and what takes the space") {
  const Plan plan = plan_of(1000, 200);
  const FitReport report = fit(plan);
  CHECK(report.ram.missing_bytes() == 6000 - 800);
  CHECK(report.flash.missing_bytes() == 300);
  REQUIRE(report.peak.size() == 2);
  CHECK(report.peak[0].what == "big");
  CHECK(report.peak[0].bytes == 4000);
  CHECK(report.peak[0].shape == "1000 f32");
  REQUIRE(report.weights.size() == 1);

  const Status status = check_fit(plan, report);
  REQUIRE_FALSE(status);
  REQUIRE(status.errors().size() == 2);
  CHECK(status.errors()[0].code == Code::ram_exceeded);
  CHECK(status.errors()[1].code == Code::flash_exceeded);
  CHECK(exit_code(status.errors()[0].code) == ExitCode::does_not_fit);
  CHECK_THAT(render(status.errors()[0]), Catch::Contains("5200 B too many") &&
                                             Catch::Contains("4000 B: big (1000 f32)") &&
                                             Catch::Contains("'conv1' (Conv)"));
}

TEST_CASE("long tables are cut, the rest is summed up") {
  const Plan plan = plan_of(1000, 200);
  const Status status = check_fit(plan, fit(plan), 1);
  CHECK_THAT(render(status.error()), Catch::Contains("2000 B: 1 more"));
}
