#include "tools/fit_recipe.hpp"

#include <sstream>

#include "lib/support/text.hpp"

namespace mote {
namespace {

// A basic string of TOML: quotes and backslashes escaped, control characters as \uXXXX.
std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      result += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escape;
    }
  }
  return result + "\"";
}

class Writer {
 public:
  void section(const std::string& name) { text_ += "\n[" + name + "]\n"; }
  void comment(const std::string& lines) {
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) text_ += "# " + line + "\n";
  }
  void text(const std::string& key, const std::string& value) { text_ += key + " = " + toml_string(value) + "\n"; }
  void texts(const std::string& key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    text_ += key + " = [";
    for (std::size_t i = 0; i < values.size(); ++i) text_ += (i > 0 ? ", " : "") + toml_string(values[i]);
    text_ += "]\n";
  }
  void flag(const std::string& key, bool value) {
    if (value) text_ += key + " = true\n";
  }
  void numbers(const std::string& key, const std::vector<double>& values) {
    if (values.empty()) return;
    text_ += key + " = [";
    for (std::size_t i = 0; i < values.size(); ++i) text_ += (i > 0 ? ", " : "") + number_text(values[i]);
    text_ += "]\n";
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_{};
};

void write_quantization(const QuantizationOptions& options, Writer& writer) {
  writer.flag("integer-only", options.integer_only);
  if (options.quantize.empty()) return;
  writer.text("quantize", options.quantize);
  writer.texts("calibration", options.calibration.sources);
  writer.text("io", options.io);
  writer.text("range", options.range);
  writer.text("weight-rounding", options.weight_rounding);
  writer.flag("no-equalization", options.no_equalization);
  writer.flag("no-bias-correction", options.no_bias_correction);
  writer.texts("int16", options.wide);
  writer.texts("int8", options.narrow);
  writer.texts("int4-weights", options.weights_of_4_bits);
}

}  // namespace

std::string recipe_text(const FitRecipe& recipe) {
  Writer writer;
  writer.comment(std::string(recipe_mark + 2) + " Paths are as they were given, from the folder that it ran in:\n"
                 "mote --config <this file> compile -o <folder of the drop>\n" + recipe.summary);
  writer.section("compile");
  writer.text("model", recipe.model.model);
  writer.texts("shape", recipe.model.shapes);
  writer.texts("constant", recipe.model.constants);
  writer.texts("outputs", recipe.model.outputs);
  writer.flag("allow-external-data", recipe.model.allow_external_data);
  writer.text("name", recipe.name);
  writer.text("target", recipe.target.target);
  if (!recipe.target.ram.empty()) writer.text("ram", recipe.target.ram);
  if (!recipe.target.flash.empty()) writer.text("flash", recipe.target.flash);
  if (recipe.optimize == Optimize::size) writer.text("optimize", "size");
  write_quantization(recipe.quantization, writer);
  for (const auto& [input, how] : recipe.preprocess) {
    if (!how.given) continue;
    writer.section("input." + toml_string(input));
    writer.numbers("scale", how.scale);
    writer.numbers("mean", how.mean);
    if (!how.layout.empty()) writer.text("layout", how.layout);
  }
  return std::move(writer).take();
}

}  // namespace mote
