// The part of <name>.h that tells what quantized inputs and outputs mean, and converts one element at a time.
#include <limits>
#include <map>

#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

// @F@: function name, @T@: element type, @M@: macro prefix, @L@/@H@: limits of the type.
constexpr std::string_view from_real = R"(/* Nearest level, halves to even; beyond the range the outermost one; NaN becomes zero. */
static inline @T@ @F@_from_real(float real) {
  const float levels = real / @M@_SCALE;
  int32_t level;
  float rest;
  if (!(levels == levels)) { return (@T@)@M@_ZERO_POINT; }
  if (levels <= (float)(@L@ - @M@_ZERO_POINT)) { return (@T@)(@L@); }
  if (levels >= (float)(@H@ - @M@_ZERO_POINT)) { return (@T@)(@H@); }
  level = (int32_t)levels;
  rest = levels - (float)level;
  if (rest > 0.5f || (rest == 0.5f && level % 2 != 0)) { level += 1; }
  if (rest < -0.5f || (rest == -0.5f && level % 2 != 0)) { level -= 1; }
  return (@T@)(level + @M@_ZERO_POINT);
}
)";
constexpr std::string_view to_real = R"(static inline float @F@_to_real(@T@ level) {
  return (float)(level - @M@_ZERO_POINT) * @M@_SCALE;
}
)";

std::string replaced(std::string text, const std::map<std::string, std::string>& words) {
  for (const auto& [from, to] : words)
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return text;
}

std::string limit_text(std::int64_t limit) { return limit < 0 ? "(" + std::to_string(limit) + ")" : std::to_string(limit); }

}  // namespace

std::string quantized_interface(const TensorType& type, const std::string& macro, const std::string& function,
                                bool is_input) {
  if (!type.quant || type.quant->axis) return {};
  std::int64_t lowest = 0, highest = 0;
  visit_dtype(type.dtype, [&]<class T>() {
    if constexpr (std::is_integral_v<T> && sizeof(T) <= 2) {
      lowest = std::numeric_limits<T>::min();
      highest = std::numeric_limits<T>::max();
    }
  });
  const std::string define = "#define " + macro;
  const std::string meaning = "/* real = " + macro + "_SCALE * (level - " + macro + "_ZERO_POINT) */\n" + define +
                              "_SCALE " + literal(type.quant->scale.front()) + "\n" + define + "_ZERO_POINT " +
                              limit_text(type.quant->zero_point.front()) + "\n";
  return meaning + replaced(std::string(is_input ? from_real : to_real),
                            {{"@F@", function},
                             {"@T@", std::string(c_name(type.dtype))},
                             {"@M@", macro},
                             {"@L@", limit_text(lowest)},
                             {"@H@", limit_text(highest)}});
}

}  // namespace mote
