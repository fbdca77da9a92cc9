#include "tools/model_options.hpp"

#include <charconv>

#include "lib/import/outputs.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/support/checked.hpp"
#include "lib/support/sha256.hpp"

namespace mote {
namespace {

Diagnostic usage(std::string message, std::string help) {
  return {.code = Code::usage, .message = std::move(message), .help = {std::move(help)}};
}

std::optional<std::pair<std::string, std::string>> split_assignment(const std::string& text) {
  // The last '=': tensor names may contain one, numbers and most paths do not.
  const std::size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::vector<std::int64_t>> extents(const std::string& option, std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(",x"), text.size());
    const auto number = integer(text.substr(0, end));
    if (!number || *number < 0)
      return usage("--shape " + option + " is not understood", "write --shape input=1,3,32,32");
    numbers.push_back(*number);
    if (end == text.size()) return numbers;
    text.remove_prefix(end + 1);
  }
}

Result<ImportedModel> load_text_form(const std::string& path) {
  MOTE_TRY(const Bytes bytes, read_file(path, std::int64_t{1} << 30));
  auto graph = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!graph) {
    for (Diagnostic& problem : graph.errors()) problem.where.file = path;
    return graph.errors();
  }
  return ImportedModel{.graph = *std::move(graph), .notes = {}, .sha256 = sha256(bytes), .opset = 0, .producer = {}};
}

Result<std::int64_t> byte_count(const std::string& option, std::string_view text) {
  std::int64_t unit = 1;
  std::string_view digits = text;
  if (!digits.empty() && (digits.back() == 'k' || digits.back() == 'K')) unit = 1024;
  if (!digits.empty() && (digits.back() == 'm' || digits.back() == 'M')) unit = std::int64_t{1024} * 1024;
  if (unit > 1) digits.remove_suffix(1);
  const auto number = integer(digits);
  const auto bytes = number ? checked_mul(*number, unit) : std::nullopt;
  if (!bytes || *bytes < 1)
    return usage(option + " '" + std::string(text) + "' is no number of bytes", "write bytes, or 64k, or 1M (units of 1024)");
  return *bytes;
}

}  // namespace

void add_model_options(CLI::App& app, ModelOptions& options) {
  app.add_option("model", options.model, "the ONNX model, or its text form (.mir)")->required();
  app.add_option("--shape", options.shapes, "fix an input's dimensions: input=1,3,32,32 (repeatable)");
  app.add_option("--constant", options.constants, "turn an input into a constant: name=file.npy (repeatable)");
  app.add_option("--outputs", options.outputs, "keep only these of the model's outputs, and what they need (repeatable)");
  app.add_flag("--allow-external-data", options.allow_external_data, "read tensors stored beside the model");
}

namespace {

Result<ImportedModel> read_model(const ModelOptions& options) {
  ImportOptions import{.shapes = {}, .constants = {}, .allow_external_data = options.allow_external_data};
  for (const std::string& text : options.shapes) {
    const auto parts = split_assignment(text);
    if (!parts) return usage("--shape " + text + " is not understood", "write --shape input=1,3,32,32");
    MOTE_TRY(import.shapes[parts->first], extents(text, parts->second));
  }
  for (const std::string& text : options.constants) {
    const auto parts = split_assignment(text);
    if (!parts) return usage("--constant " + text + " is not understood", "write --constant name=file.npy");
    MOTE_TRY(import.constants[parts->first], read_npy(parts->second));
  }
  if (options.model.ends_with(".mir")) return load_text_form(options.model);
  return import_onnx(options.model, import);
}

}  // namespace

Result<ImportedModel> load_model(const ModelOptions& options) {
  MOTE_TRY(ImportedModel model, read_model(options));
  if (!options.outputs.empty()) MOTE_TRY_STATUS(keep_outputs(model.graph, options.outputs));
  return model;
}

void add_target_options(CLI::App& app, TargetOptions& options) {
  app.add_option("--target", options.target, "a name from `mote list targets`, or a .toml file")->capture_default_str();
  app.add_option("--ram", options.ram, "RAM budget instead of the target's: bytes, 64k, 1M");
  app.add_option("--flash", options.flash, "flash budget instead of the target's");
}

Result<Target> load_target(const TargetOptions& options) {
  MOTE_TRY(Target target, load_target(options.target));
  if (!options.ram.empty()) {
    MOTE_TRY(const std::int64_t bytes, byte_count("--ram", options.ram));
    MOTE_TRY(target, with_ram(target, bytes));
  }
  if (!options.flash.empty()) {
    MOTE_TRY(const std::int64_t bytes, byte_count("--flash", options.flash));
    MOTE_TRY(target, with_flash(target, bytes));
  }
  return target;
}

}  // namespace mote
