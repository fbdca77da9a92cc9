// Quantization of the bundled sample, from the command line to firmware source.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "lib/ir/array_file.hpp"
#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::string calibration = "samples/digits/digits_test_images.npy[0:100]";

ProcessResult compile_int8(const fs::path& drop, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"compile",       digits,      "--quantize", "int8",
                                     "--calibration", calibration, "-o",         drop.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return mote_process(arguments);
}

// Rows of the digits' input type, all elements alike.
std::string images_of(const std::string& name, const std::vector<std::int64_t>& extents, float value) {
  Tensor tensor = Tensor::zeros(DType::f32, *Shape::make(extents));
  std::ranges::fill(tensor.as<float>(), value);
  const Bytes bytes = npy_bytes(tensor);
  const fs::path path = fs::path(MOTE_SCRATCH) / name;
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<std::streamsize>(bytes.size()));
  return path.string();
}

ProcessResult calibrate_on(const std::string& file) {
  const fs::path drop = fresh("int8-refused");
  const auto result = mote_process({"compile", digits, "--quantize", "int8", "--calibration", file, "-o", drop.string()});
  if (result.status != 0) CHECK_FALSE(fs::exists(drop));
  return result;
}

}  // namespace

TEST_CASE("a quantized drop computes in integers and is proven like any other", "[quantize]") {
  const fs::path drop = fresh("int8");
  REQUIRE(compile_int8(drop).status == 0);
  const auto verified = mote_process({"verify", drop.string()});
  CHECK(verified.status == 0);
  CHECK_THAT(verified.standard_output, Contains("host: passed: all vectors bit-identical"));
  CHECK(fs::exists(drop / "src/kernels/quantized_conv2d.hpp"));
  CHECK_FALSE(fs::exists(drop / "src/kernels/conv2d_f32.hpp"));
}

TEST_CASE("the integer network answers like the float one", "[quantize]") {
  for (const char* io : {"float", "int8"}) {
    const auto result = mote_process({"eval", digits, "--quantize", "int8", "--io", io, "--calibration", calibration,
                                      "--data", "samples/digits/digits_test_images.npy", "--rows", "100:500", "--labels",
                                      "samples/digits/digits_test_labels.npy", "--max-drop", "0.003"});
    INFO(io << result.standard_output << result.standard_error);
    CHECK(result.status == 0);
    CHECK_THAT(result.standard_output, Contains("int8"));
    CHECK_THAT(result.standard_output, Contains("compiled"));
  }
}

TEST_CASE("an integer interface publishes its scale and converts in C99", "[quantize]") {
  const fs::path drop = fresh("int8-io");
  REQUIRE(compile_int8(drop, {"--io", "int8"}).status == 0);
  const fs::path program = fs::path(MOTE_SCRATCH) / "int8-io.c";
  // The grid of an image in [0, 1]: 255 levels from -127, so a half lies between two of them.
  std::ofstream(program) << "#include \"digits/digits.h\"\n"
                            "int main(void) {\n"
                            "  const float nothing = 0.0f;\n"
                            "  int level;\n"
                            "  for (level = -127; level <= 127; ++level) {\n"
                            "    const float real = DIGITS_IMAGE_SCALE * (float)(level - DIGITS_IMAGE_ZERO_POINT);\n"
                            "    if (digits_image_from_real(real) != level) { return 1; }\n"
                            "  }\n"
                            "  if (digits_image_from_real(1e9f) != 127 || digits_image_from_real(-1e9f) != -128) { return 2; }\n"
                            "  if (digits_image_from_real(nothing / nothing) != DIGITS_IMAGE_ZERO_POINT) { return 3; }\n"
                            "  if (digits_image_from_real(DIGITS_IMAGE_SCALE * 2.5f) != DIGITS_IMAGE_ZERO_POINT + 2) { return 4; }\n"
                            "  return digits_scores_to_real((int8_t)DIGITS_SCORES_ZERO_POINT) == 0.0f ? 0 : 5;\n"
                            "}\n";
  const std::string binary = (fs::path(MOTE_SCRATCH) / "int8-io-program").string();
  const auto built = run_process({"cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
                                  "-I" + (drop / "include").string(), program.string(), "-o", binary});
  REQUIRE(built);
  INFO(built->standard_error);
  REQUIRE(built->status == 0);
  CHECK(run_process({binary})->status == 0);
}

TEST_CASE("calibration that cannot be right is refused by name or warned of", "[quantize]") {
  const auto without = mote_process({"compile", digits, "--quantize", "int8", "-o", fresh("int8-none").string()});
  CHECK(without.status == 2);
  CHECK_THAT(without.standard_error, Contains("--calibration") && Contains("numpy.save"));

  const auto wrong_shape = calibrate_on(images_of("wrong_shape.npy", {40, 1, 7, 7}, 0.5F));
  CHECK(wrong_shape.status == 2);
  CHECK_THAT(wrong_shape.standard_error, Contains("E0508") && Contains("wrong_shape.npy"));

  const auto not_a_number = calibrate_on(images_of("nan.npy", {40, 1, 8, 8}, std::nanf("")));
  CHECK(not_a_number.status == 2);
  CHECK_THAT(not_a_number.standard_error, Contains("E0508") && Contains("nan.npy"));

  const auto empty = calibrate_on(images_of("empty.npy", {0, 1, 8, 8}, 0.0F));
  CHECK(empty.status == 2);

  const auto constant = calibrate_on(images_of("constant.npy", {40, 1, 8, 8}, 0.5F));
  CHECK(constant.status == 0);
  CHECK_THAT(constant.standard_error, Contains("W0603"));

  const auto single = calibrate_on(images_of("single.npy", {1, 1, 8, 8}, 0.5F));
  CHECK(single.status == 0);
  CHECK_THAT(single.standard_error, Contains("W0603"));
}

TEST_CASE("--integer-only refuses a float network and takes a quantized one", "[quantize]") {
  const auto refused = mote_process({"compile", digits, "--integer-only", "-o", fresh("int8-only").string()});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.standard_error, Contains("E0213"));
  CHECK(compile_int8(fresh("int8-only"), {"--integer-only"}).status == 0);
}
