// What would help a value that loses accuracy.
#include <algorithm>
#include <cmath>

#include "lib/support/text.hpp"
#include "passes/quantize/diagnose/diagnose.hpp"

namespace mote {
namespace {

// An output with less noise than this, 1 % of its magnitude, keeps its answers.
constexpr double good_enough = 40.0;
constexpr std::int64_t few_samples = 32;
// Beyond these shares and ratios a range is not that of a normal distribution any more.
constexpr double many_saturated = 1e-3;
constexpr double far_outlier = 16.0;
constexpr double lonely_outlier = 2.0;

double reach_of(const PartDiagnosis& part) { return std::max(-part.low, part.high); }

std::string short_text(double value) { return number_text(static_cast<float>(value)); }

std::string about_range(const PartDiagnosis& part, const std::string& wide) {
  const double reach = reach_of(part), grid = std::max(-part.part.grid.low(), part.part.grid.high());
  if (part.saturated > 0.0 && (part.saturated > many_saturated || reach > lonely_outlier * grid))
    return "values up to " + short_text(reach) + " are clipped at " + short_text(grid) + ": --range minmax keeps them, " +
           wide + " keeps them and the small ones";
  if (reach > far_outlier * part.typical)
    return "an outlier of " + short_text(reach) + " stretches the grid, 90 % of the values lie within " +
           short_text(part.typical) + ": " + wide;
  return wide;
}

}  // namespace

std::string hint_for(const PartDiagnosis& part, std::int64_t all_samples) {
  if (!part.output_alone || *part.output_alone >= good_enough) return {};
  if (part.part.kind == QuantizedPart::Kind::weights)
    return "8 bits are coarse for weights of this spread: retrain with smaller outliers, or quantization-aware";
  std::string hint = about_range(part, "--int16 " + quoted(part.part.name));
  if (reach_of(part) > lonely_outlier * part.second_reach)
    hint += "; only sample " + std::to_string(part.widest_sample) + " reaches that far: check it, or calibrate on more";
  else if (all_samples < few_samples)
    hint += "; " + std::to_string(all_samples) + " samples are few, calibrate on more";
  return hint;
}

}  // namespace mote
