// What is left of real networks after the standard pipeline, whoever exported them. Needs the models beside the
// project; skips by name without them.
#include <filesystem>

#include "lib/import/onnx_import.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

struct Expected {
  const char* file;
  const char* steps;  // operators in order of execution, without views; "n*" repeats
};

// Channels-first models with several input channels keep one Transpose: their own interface asks for it.
const Expected networks[] = {
    {"kws_nchw_bn", "Conv2d 4*(DepthwiseConv2d Conv2d) AveragePool2d Dense Softmax"},
    {"kws_nchw_from_tflite", "Conv2d 4*(DepthwiseConv2d Conv2d) AveragePool2d Dense Softmax"},
    {"kws_nhwc_tf2onnx", "Conv2d 4*(DepthwiseConv2d Conv2d) AveragePool2d Dense Softmax"},
    {"ic_nchw_bn", "Transpose 9*(Conv2d) AveragePool2d Dense Softmax"},
    {"ic_nchw_folded", "Transpose 9*(Conv2d) AveragePool2d Dense"},
    {"ic_nhwc_tf2onnx", "9*(Conv2d) AveragePool2d Dense Softmax"},
    {"vww_nchw_bn_padnodes", "Transpose Conv2d 13*(DepthwiseConv2d Conv2d) AveragePool2d Dense Softmax"},
    {"vww_nhwc_tf2onnx_autopad", "Conv2d 13*(DepthwiseConv2d Conv2d) AveragePool2d Dense Softmax"},
    {"sww_1d_bn", "Transpose 4*(DepthwiseConv2d Conv2d) Dense Softmax"},
    {"sww_nhwc_tf2onnx", "4*(DepthwiseConv2d Conv2d) Dense Softmax"},
    {"ad_gemm_bn", "10*(Dense)"},
    {"ad_gemm_from_tflite", "10*(Dense)"},
    {"ad_matmul_tf2onnx", "10*(Dense)"},
};

// "2*(a b) c" as "a b a b c".
std::string unrolled(const std::string& pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t star = pattern.find("*(", i);
    const std::size_t space = pattern.find(' ', i);
    if (star == std::string::npos || (space != std::string::npos && space < star)) {
      text += (text.empty() ? "" : " ") + pattern.substr(i, space - i);
      i = space == std::string::npos ? pattern.size() : space + 1;
      continue;
    }
    const std::size_t end = pattern.find(')', star);
    const int count = std::stoi(pattern.substr(i, star - i));
    for (int repeat = 0; repeat < count; ++repeat)
      text += (text.empty() ? "" : " ") + pattern.substr(star + 2, end - star - 2);
    i = std::min(end + 2, pattern.size());
  }
  return text;
}

std::string steps_of(const Graph& graph) {
  Graph without_views = graph;
  std::erase_if(without_views.nodes, [&](const Node& node) {
    return node.op->views != nullptr && !node.op->views({graph, node}).empty();
  });
  return ops_of(without_views);
}

}  // namespace

TEST_CASE("MLPerf Tiny networks come down to core operators, and every pass keeps its promise") {
  const std::filesystem::path folder = "../shared/models/mlperf_tiny";
  if (!std::filesystem::is_directory(folder)) {
    WARN("skipped: no ../shared/models/mlperf_tiny");
    return;
  }
  const Target target{};
  for (const Expected& network : networks) {
    INFO(network.file);
    Result<ImportedModel> model = import_onnx((folder / (std::string(network.file) + ".onnx")).string());
    INFO((model ? std::string() : render(model.error())));
    REQUIRE(model);
    const Result<Graph> after = run_passes(standard_pipeline(), std::move(model->graph), {.target = target}, verify_each({.samples = 1}));
    INFO((after ? print(*after, ConstantText::omitted) : render(after.error())));
    REQUIRE(after);
    CHECK(steps_of(*after) == unrolled(network.steps));
  }
}
