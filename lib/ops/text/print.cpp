#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "lib/ops/text/lexer.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::string word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_name_letter) ? std::string(text) : quoted(text);
}

template <class T>
std::string number(T value) {
  if constexpr (std::is_floating_point_v<T>) return number_text(value);
  else return std::to_string(value);
}

template <class T>
std::string list(std::span<const T> numbers) {
  std::string text = "[";
  for (std::size_t i = 0; i < numbers.size(); ++i) text += (i == 0 ? "" : ", ") + number(numbers[i]);
  return text + "]";
}

std::string quant_text(const QuantParams& quant) {
  std::string text = " q(";
  if (quant.axis) text += "axis=" + std::to_string(*quant.axis) + ", ";
  for (std::size_t i = 0; i < quant.scale.size(); ++i)
    text += (i == 0 ? "" : ", ") + number_text(quant.scale[i]) + ":" + std::to_string(quant.zero_point[i]);
  return text + ")";
}

std::string type_text(const TensorType& type) {
  std::string text = std::string(name_of(type.dtype)) + "[" + join(type.shape.extents(), "x") + "]";
  if (type.quant) text += quant_text(*type.quant);
  return text;
}

// Bytes decide: -0 is not 0, and a NaN keeps its payload only in hexadecimal.
std::string elements_text(const TensorType& type, const Bytes& bytes) {
  constexpr std::size_t longest_list = 64;
  return visit_dtype(type.dtype, [&]<class T>() -> std::string {
    const std::span<const T> values = elements_of<T>(bytes);
    const bool nan = std::ranges::any_of(values, [](T value) { return !(value == value); });
    if (nan) return "hex:" + hex(bytes);
    const auto same = [&](std::size_t i) {
      return std::equal(bytes.begin(), bytes.begin() + sizeof(T), bytes.begin() + static_cast<std::ptrdiff_t>(i * sizeof(T)));
    };
    std::size_t equal = 0;
    while (equal < values.size() && same(equal)) ++equal;
    if (values.size() > 1 && equal == values.size()) return "fill " + number(values[0]);
    return values.size() <= longest_list ? list(values) : "hex:" + hex(bytes);
  });
}

std::string attr_text(const Attr& attr) {
  struct Printer {
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(float value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return quoted(value); }
    std::string operator()(const std::vector<std::int64_t>& values) const { return "[" + join(values, ",") + "]"; }
    std::string operator()(const std::vector<float>& values) const { return list(std::span<const float>(values)); }
    std::string operator()(const Literal& literal) const {
      return type_text(literal.type) + " " + elements_text(literal.type, *literal.data);
    }
  };
  return std::visit(Printer{}, attr);
}

std::string origin_text(const Locus& origin) {
  if (origin.node.empty() && origin.op_type.empty() && origin.value.empty() && origin.file.empty()) return "";
  std::string text = "   // " + word(origin.node);
  if (!origin.op_type.empty()) text += " (" + word(origin.op_type) + ")";
  if (!origin.value.empty()) text += " of " + word(origin.value);
  if (!origin.file.empty()) text += " in " + word(origin.file);
  return text;
}

class Printer {
 public:
  Printer(const Graph& graph, ConstantText constants) : graph_(graph), constants_(constants) {}

  std::string run() {
    text_ = "graph " + quoted(graph_.name) + "\n";
    for (const ValueId id : graph_.inputs) text_ += "input " + value(id) + " : " + type_text(graph_.at(id).type) + "\n";
    for (std::uint32_t i = 0; i < graph_.values.size(); ++i)
      if (graph_.values[i].is_constant()) constant(ValueId{i});
    for (const Node& each : graph_.nodes) node(each);
    if (!graph_.outputs.empty()) text_ += "output " + values(graph_.outputs) + "\n";
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string value(ValueId id) const {
    if (!id) return "_";
    return (graph_.at(id).is_constant() ? "@" : "%") + word(graph_.at(id).name);
  }

  [[nodiscard]] std::string values(std::span<const ValueId> ids) const {
    std::string text;
    for (std::size_t i = 0; i < ids.size(); ++i) text += (i == 0 ? "" : ", ") + value(ids[i]);
    return text;
  }

  void constant(ValueId id) {
    const Value& held = graph_.at(id);
    text_ += "constant " + value(id) + " : " + type_text(held.type);
    if (constants_ == ConstantText::inline_values) text_ += " = " + elements_text(held.type, *held.data);
    if (constants_ == ConstantText::by_hash) text_ += " = sha256:" + sha256(std::span<const std::byte>(*held.data));
    text_ += "\n";
  }

  void node(const Node& node) {
    text_ += values(node.outputs) + " = " + std::string(node.op->name) + "(" + values(node.inputs) + ")";
    for (bool first = true; const auto& [name, attr] : node.attrs) {
      text_ += (first ? " {" : ", ") + name + "=" + attr_text(attr);
      first = false;
    }
    if (!node.attrs.empty()) text_ += "}";
    text_ += " : ";
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      text_ += (i == 0 ? "" : ", ") + (node.outputs[i] ? type_text(graph_.at(node.outputs[i]).type) : std::string("_"));
    text_ += origin_text(node.origin) + "\n";
  }

  const Graph& graph_;
  ConstantText constants_;
  std::string text_;
};

}  // namespace

std::string print(const Graph& graph, ConstantText constants) { return Printer(graph, constants).run(); }

BlobsByHash constants_by_hash(const Graph& graph) {
  BlobsByHash blobs;
  for (const Value& value : graph.values)
    if (value.is_constant()) blobs.emplace(sha256(std::span<const std::byte>(*value.data)), value.data);
  return blobs;
}

}  // namespace mote
