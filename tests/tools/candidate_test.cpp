#include "tools/candidate.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tools/temporary_folder.hpp"

using namespace mote;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// A drop written by hand, with a quantized input and output and a second, plain input: y = x + step.
// x = 0.5 * (stored - 10), y = 0.25 * (stored + 4).
void write_drop_by_hand(const fs::path& folder) {
  write(folder / "manifest.json", R"({
  "name": "tiny", "header": "include/tiny/tiny.h", "sources": ["src/tiny.cpp"], "include_dirs": ["include"],
  "compile_options": ["-ffp-contract=off"], "selftest_sources": [], "context_type": "tiny_context", "entry": "tiny_run",
  "inputs": [
    {"name": "step", "c_name": "step", "dtype": "s32", "shape": [1], "scale": null, "zero_point": null},
    {"name": "x", "c_name": "x", "dtype": "s8", "shape": [1, 3], "scale": 0.5, "zero_point": 10}],
  "outputs": [{"name": "y", "c_name": "y", "dtype": "s8", "shape": [1, 3], "scale": 0.25, "zero_point": -4}],
  "memory": {"stack_bytes": 4096}, "target": {"name": "host"}, "tool": {"name": "mote"}, "files": {}})");
  write(folder / "include/tiny/tiny.h",
        "#include <stdint.h>\n"
        "typedef struct tiny_context { uint8_t arena[8]; } tiny_context;\n"
        "#ifdef __cplusplus\nextern \"C\"\n#endif\n"
        "int tiny_run(tiny_context *context, const int32_t *step, const int8_t *x, int8_t *y);\n");
  write(folder / "src/tiny.cpp",
        "#include \"tiny/tiny.h\"\n"
        "int tiny_run(tiny_context *context, const int32_t *step, const int8_t *x, int8_t *y) {\n"
        "  if (context == nullptr || step[0] < 0) return 1;\n"
        "  for (int i = 0; i < 3; ++i) y[i] = static_cast<int8_t>(2 * (x[i] - 10) - 4 + 4 * step[0]);\n"
        "  return 0;\n}\n");
}

Graph model() {
  Graph graph;
  graph.inputs.push_back(graph.add_value("x", {DType::f32, *Shape::make({1, 3}), {}}));
  graph.inputs.push_back(graph.add_value("step", {DType::s32, *Shape::make({1}), {}}));
  return graph;
}

TensorList sample(std::vector<float> x, std::int32_t step) {
  Tensor first = Tensor::zeros(DType::f32, *Shape::make({1, 3})), second = Tensor::zeros(DType::s32, *Shape::make({1}));
  std::copy(x.begin(), x.end(), first.as<float>().begin());
  second.as<std::int32_t>()[0] = step;
  return {first, second};
}

}  // namespace

TEST_CASE("a drop with quantized inputs and outputs takes and gives real numbers, sample by sample") {
  const auto folder = TemporaryFolder::make();
  REQUIRE(folder);
  write_drop_by_hand(folder->path());
  const auto candidate = drop_candidate("drop", folder->path().string(), model());
  if (!candidate) FAIL(render(candidate.error()));
  const std::vector<TensorList> samples{sample({0, 0.5F, -2}, 1), sample({1, 0.24F, 0.75F}, 0)};
  const auto outputs = candidate->run(samples);
  if (!outputs) FAIL(render(outputs.error()));
  REQUIRE(outputs->size() == 2);
  CHECK((*outputs)[0][0].to_reals() == std::vector<double>{1, 1.5, -1});
  CHECK((*outputs)[1][0].to_reals() == std::vector<double>{1, 0, 1});  // in steps of 0.5; 0.75 is a tie and goes to the even 2 steps

  const std::vector<TensorList> refused{sample({0, 0, 0}, -1)};
  CHECK_FALSE(candidate->run(refused));
}

TEST_CASE("a drop of another model, or one that does not compile, is refused") {
  const auto folder = TemporaryFolder::make();
  write_drop_by_hand(folder->path());
  Graph other = model();
  other.rename(other.inputs[0], "image");
  const auto mismatch = drop_candidate("drop", folder->path().string(), other);
  REQUIRE_FALSE(mismatch);
  CHECK(mismatch.error().message.find("'image'") != std::string::npos);
  write(folder->path() / "src/tiny.cpp", "#error broken\n");
  const auto broken = drop_candidate("drop", folder->path().string(), model());
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Code::drop_build_failed);
  CHECK_FALSE(drop_candidate("drop", (folder->path() / "none").string(), model()));
}
