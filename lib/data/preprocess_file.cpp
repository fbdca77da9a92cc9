// Preprocessing as users write it: tables of mote.toml, and assignments on the command line.
#include <algorithm>

#include "lib/data/csv.hpp"
#include "lib/data/preprocess.hpp"
#include "lib/data/row_source.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/support/text.hpp"
#include "lib/target/toml_table.hpp"

namespace mote {
namespace {

Preprocess read_table(TomlTable table) {
  Preprocess how{.scale = {}, .mean = {}, .layout = {}, .given = true};
  if (table.has("scale")) how.scale = table.reals("scale");
  if (table.has("mean")) how.mean = table.reals("mean");
  if (table.has("layout")) how.layout = table.text("layout");
  table.finish();
  return how;
}

Result<std::vector<double>> numbers_of(const std::string& option, std::string_view text) {
  std::vector<double> numbers;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto number = number_of(text.substr(0, comma));
    if (!number) return Diagnostic{.code = Code::usage, .message = "--preprocess " + option + ": '" + std::string(text) + "' is no list of numbers"};
    numbers.push_back(*number);
    if (comma == text.size()) return numbers;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<PreprocessMap> read_preprocess(const std::string& path, const std::vector<std::string>& inputs) {
  MOTE_TRY(const Bytes bytes, read_file(path, std::int64_t{1} << 20));
  TomlProblems problems(path, Code::bad_data);
  const TomlDocument document = TomlDocument::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, problems);
  PreprocessMap map;
  if (problems.empty()) {
    TomlTable root = document.root(problems);
    if (root.has("input")) {
      TomlTable tables = root.table("input");
      for (const std::string& input : inputs)
        if (tables.has(input)) map[input] = read_table(tables.table(input));
      tables.finish();  // an input that the model does not have
    }
  }
  if (!problems.empty()) return problems.take();
  return map;
}

Status add_preprocess(PreprocessMap& map, const std::string& assignment, const std::vector<std::string>& inputs) {
  const std::size_t equals = assignment.find('=');
  const std::string left = assignment.substr(0, equals);
  const std::size_t dot = left.rfind('.');  // names of tensors may contain dots, keys do not
  const std::string input = dot == std::string::npos ? "" : left.substr(0, dot);
  const std::string key = dot == std::string::npos ? left : left.substr(dot + 1);
  const std::vector<std::string> keys{"scale", "mean", "layout"};
  if (equals == std::string::npos || std::ranges::find(keys, key) == keys.end())
    return Diagnostic{.code = Code::usage,
                      .message = "--preprocess " + assignment + " is not understood",
                      .help = {"write scale=0.0039, image.mean=123.7,116.3,103.5 or layout=nhwc->nchw"}};
  if (!input.empty() && std::ranges::find(inputs, input) == inputs.end())
    return Diagnostic{.code = Code::unknown_name, .message = "--preprocess " + assignment + ": the model has no input '" + input + "'",
                      .help = nearest(input, inputs)};
  const std::string value = assignment.substr(equals + 1);
  for (const std::string& name : input.empty() ? inputs : std::vector<std::string>{input}) {
    Preprocess& how = map[name];
    how.given = true;
    if (key == "layout") {
      how.layout = value;
      continue;
    }
    MOTE_TRY((key == "scale" ? how.scale : how.mean), numbers_of(assignment, value));
  }
  return Ok{};
}

}  // namespace mote
