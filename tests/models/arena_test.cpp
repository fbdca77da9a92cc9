// The arenas of real networks, against the bytes that no layer-by-layer plan of them can go below. Needs the models
// beside the project; skips by name without them.
#include <cstdio>
#include <filesystem>

#include <catch2/catch.hpp>

#include "lib/import/onnx_import.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"

using namespace mote;
namespace fs = std::filesystem;

namespace {

struct Goal {
  const char* model;
  std::int64_t arena_bytes;
};

// kws: one 25x5x64 tensor and the row and pixel that a 3x3 window still needs. ic: two 32x32x16 tensors, the sum of the
// residual block written over the shortcut. vww: the input and output of the first 1x1 convolution that widens.
constexpr Goal goals[] = {{"kws_nchw_bn", 34'000},
                          {"kws_nchw_from_tflite", 34'000},
                          {"kws_nhwc_tf2onnx", 34'000},
                          {"ic_nchw_bn", 132'000},
                          {"ic_nchw_folded", 132'000},
                          {"ic_nhwc_tf2onnx", 132'000},
                          {"vww_nhwc_tf2onnx_autopad", 148'000},
                          {"sww_1d_bn", 15'000},
                          {"sww_nhwc_tf2onnx", 15'000},
                          {"ad_gemm_bn", 1'024},
                          {"ad_matmul_tf2onnx", 1'024}};

Plan plan_of(const fs::path& file, const char* target_name) {
  const auto target = find_target(target_name);
  REQUIRE(target);
  auto model = import_onnx(file.string());
  if (!model) FAIL(render(model.error()));
  auto graph = run_passes(standard_pipeline(), std::move(model->graph), {*target});
  if (!graph) FAIL(render(graph.error()));
  auto plan = make_plan(*std::move(graph), *target);
  if (!plan) FAIL(render(plan.error()));
  return *std::move(plan);
}

}  // namespace

TEST_CASE("real networks need little more than their fullest layer") {
  const fs::path folder = fs::path("..") / "shared" / "models" / "mlperf_tiny";
  for (const Goal& goal : goals) {
    const fs::path file = folder / (std::string(goal.model) + ".onnx");
    if (!fs::exists(file)) {
      std::printf("SKIPPED %s: not beside the project\n", goal.model);
      continue;
    }
    for (const char* target : {"host", "nucleo-l4r5zi"}) {
      const Plan plan = plan_of(file, target);
      std::printf("%s for %s: arena %lld B, lower bound %lld B, without reuse %lld B\n", goal.model, target,
                  static_cast<long long>(plan.arena_bytes), static_cast<long long>(plan.lower_bound_bytes),
                  static_cast<long long>(plan.sum_bytes));
      INFO(goal.model << " for " << target);
      CHECK(plan.arena_bytes <= goal.arena_bytes);
      CHECK(plan.lower_bound_bytes <= plan.arena_bytes);
    }
  }
}
