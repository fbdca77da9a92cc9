// The mote.toml that fitting writes: everything that decides what is compiled, and nothing that was not asked for.
#include "tools/fit_recipe.hpp"

#include <catch2/catch.hpp>

using namespace mote;

TEST_CASE("a recipe names model, target and quantization", "[fit]") {
  const FitRecipe recipe{.model = {.model = "fitted/fitted.onnx"},
                         .name = "kws",
                         .target = {.target = "nucleo-l4r5zi", .ram = "8K", .flash = "24K"},
                         .quantization = {.quantize = "int8", .calibration = {.sources = {"samples.npy[0:250]"}}, .narrow = {"*"}},
                         .summary = "what it is\nwhat it takes"};
  CHECK(recipe_text(recipe) == R"(# Written by mote fit. Paths are as they were given, from the folder that it ran in:
# mote --config <this file> compile -o <folder of the drop>
# what it is
# what it takes

[compile]
model = "fitted/fitted.onnx"
name = "kws"
target = "nucleo-l4r5zi"
ram = "8K"
flash = "24K"
quantize = "int8"
calibration = ["samples.npy[0:250]"]
io = "float"
range = "auto"
weight-rounding = "fitted"
int8 = ["*"]
)");
  CHECK(recipe_text(recipe).starts_with(recipe_mark));
}

TEST_CASE("a recipe holds every choice that differs from what compile does by itself", "[fit]") {
  FitRecipe recipe{.model = {.model = "m.onnx", .shapes = {"x=1,3"}, .constants = {"k=k.npy"}, .outputs = {"y", "z"}, .allow_external_data = true},
                   .name = "m",
                   .target = {.target = "host"},
                   .quantization = {.quantize = "int8", .io = "int8", .range = "kl", .weight_rounding = "nearest",
                                    .weights_of_4_bits = {"conv1", "fc*"}, .no_equalization = true, .no_bias_correction = true,
                                    .integer_only = true, .wide = {"sum"}},
                   .optimize = Optimize::size};
  const std::string text = recipe_text(recipe);
  for (const char* line :
       {"optimize = \"size\"\n", "shape = [\"x=1,3\"]\n", "constant = [\"k=k.npy\"]\n", "outputs = [\"y\", \"z\"]\n", "allow-external-data = true\n",
        "io = \"int8\"\n", "range = \"kl\"\n", "weight-rounding = \"nearest\"\n", "no-equalization = true\n",
        "no-bias-correction = true\n", "integer-only = true\n", "int16 = [\"sum\"]\n", "int4-weights = [\"conv1\", \"fc*\"]\n"}) {
    CHECK_THAT(text, Catch::Contains(line));
  }
  for (const char* absent : {"ram", "flash", "preprocess", "\nint8 =", "[input"}) CHECK_THAT(text, !Catch::Contains(absent));
}

TEST_CASE("how samples become inputs goes into tables of their own, strings are escaped", "[fit]") {
  FitRecipe recipe{.model = {.model = "m.onnx"}, .name = "m", .target = {.target = "host"}, .quantization = {.quantize = "int8"}};
  recipe.preprocess["a \"b\"\n"] = {.scale = {0.5, 0.25}, .mean = {1.0}, .layout = "nhwc->nchw", .given = true};
  recipe.preprocess["as it is"] = {};
  const std::string text = recipe_text(recipe);
  CHECK_THAT(text, Catch::EndsWith("\n[input.\"a \\\"b\\\"\\u000A\"]\nscale = [0.5, 0.25]\nmean = [1.0]\nlayout = \"nhwc->nchw\"\n"));
  CHECK_THAT(text, !Catch::Contains("as it is"));
}
