#pragma once
#include <string>

#include "passes/pass.hpp"
#include "tools/model_options.hpp"
#include "tools/quantize_options.hpp"

namespace mote {

// How to compile what a fit has found.
struct FitRecipe {
  ModelOptions model{};  // the file that is compiled: the user's own, or the changed one
  std::string name{};    // prefix of the C API
  TargetOptions target{};
  QuantizationOptions quantization{};
  Optimize optimize = Optimize::automatic;
  PreprocessMap preprocess{};  // of the calibration samples, by input
  std::string summary{};       // one line per fact, into comments
};

inline constexpr const char* recipe_mark = "# Written by mote fit.";  // how every recipe begins

// A mote.toml for `mote --config … compile`; paths as in the recipe, which is as the user gave them.
[[nodiscard]] std::string recipe_text(const FitRecipe& recipe);

}  // namespace mote
