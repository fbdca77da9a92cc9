#include "tools/vector_inputs.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "lib/exec/interpreter.hpp"
#include "lib/ir/array_file.hpp"

namespace mote {
namespace {

using Arrays = std::map<std::string, Tensor>;

Diagnostic problem(const std::string& file, std::string message) {
  return {.code = Code::shape_mismatch,
          .message = std::move(message),
          .where = {.file = file, .node = {}, .op_type = {}, .value = {}},
          .help = {"the first axis is the vector, the rest one input of the model"}};
}

Result<Arrays> read_arrays(const Graph& graph, const std::string& file) {
  if (file.ends_with(".npz")) return read_npz(file);
  if (graph.inputs.size() != 1)
    return problem(file, "the model has " + std::to_string(graph.inputs.size()) + " inputs, a .npy holds one");
  Arrays arrays;
  MOTE_TRY(arrays[graph.at(graph.inputs[0]).name], read_npy(file));
  return arrays;
}

Tensor row(const Tensor& all, const TensorType& type, std::int64_t index) {
  const auto elements = type.shape.elements();
  const auto begin = all.bytes.begin() + index * elements * byte_size(all.dtype);
  const Tensor one{.dtype = all.dtype, .shape = type.shape, .bytes = Bytes(begin, begin + elements * byte_size(all.dtype))};
  return convert(one, type.dtype);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// "rows.npy:40" is the first 40 rows of rows.npy.
std::pair<std::string, std::int64_t> file_and_count(const std::string& text, std::int64_t limit) {
  const std::size_t colon = text.rfind(':');
  const auto count = colon == std::string::npos ? std::nullopt : whole_number(std::string_view(text).substr(colon + 1));
  return count && *count >= 0 ? std::pair(text.substr(0, colon), std::min(*count, limit)) : std::pair(text, limit);
}

}  // namespace

Result<std::vector<std::vector<Tensor>>> vector_inputs(const Graph& graph, const std::string& text, std::int64_t limit) {
  std::vector<std::vector<Tensor>> vectors;
  if (const auto count = whole_number(text)) {
    if (*count < 0 || *count > limit)
      return Diagnostic{.code = Code::usage, .message = "--vectors is " + text + ", must be 0.." + std::to_string(limit)};
    for (std::int64_t i = 0; i < *count; ++i) vectors.push_back(random_inputs(graph, static_cast<std::uint64_t>(i) + 1));
    return vectors;
  }

  const auto [file, most] = file_and_count(text, limit);
  MOTE_TRY(const Arrays arrays, read_arrays(graph, file));
  std::optional<std::int64_t> rows;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.at(id);
    const auto found = arrays.find(value.name);
    if (found == arrays.end()) return problem(file, "has no member '" + value.name + "'");
    const Shape& shape = found->second.shape;
    const std::int64_t first = shape.rank() == 0 ? 1 : shape[0];
    if (shape.elements() != first * value.type.shape.elements() || (rows && *rows != first))
      return problem(file, "'" + value.name + "' is " + shape.text() + ", expected rows of " + value.type.shape.text());
    rows = first;
  }
  for (std::int64_t i = 0; i < std::min(rows.value_or(0), most); ++i) {
    std::vector<Tensor> inputs;
    for (const ValueId id : graph.inputs) inputs.push_back(row(arrays.at(graph.at(id).name), graph.at(id).type, i));
    vectors.push_back(std::move(inputs));
  }
  return vectors;
}

}  // namespace mote
