#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::string_view kind_name(AttrKind kind) {
  switch (kind) {
    case AttrKind::integer: return "an integer";
    case AttrKind::real: return "a real number";
    case AttrKind::text: return "a text";
    case AttrKind::integers: return "a list of integers";
    case AttrKind::reals: return "a list of real numbers";
    case AttrKind::literal: return "a tensor";
  }
  return "";
}

// The variant's alternatives stand in the order of AttrKind.
AttrKind kind_of(const Attr& attr) { return static_cast<AttrKind>(attr.index()); }

Attr to_attr(const AttrDefault& fallback) {
  if (const auto* integer = std::get_if<std::int64_t>(&fallback)) return *integer;
  if (const auto* real = std::get_if<float>(&fallback)) return *real;
  if (const auto* text = std::get_if<std::string_view>(&fallback)) return std::string(*text);
  const auto list = std::get<std::span<const std::int64_t>>(fallback);
  return std::vector<std::int64_t>(list.begin(), list.end());
}

std::string range_text(const AttrSpec& spec) {
  const auto bound = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
  const bool no_lowest = spec.lowest == std::numeric_limits<double>::lowest();
  const bool no_highest = spec.highest == std::numeric_limits<double>::max();
  if (no_highest) return "at least " + bound(spec.lowest);
  if (no_lowest) return "at most " + bound(spec.highest);
  return bound(spec.lowest) + ".." + bound(spec.highest);
}

Diagnostic out_of_range(const AttrSpec& spec, const std::string& element, const std::string& value,
                        const Locus& where) {
  return {.code = Code::attribute_range,
          .message = std::string(spec.name) + element + " is " + value + ", must be " + range_text(spec),
          .where = where};
}

std::optional<Diagnostic> check_range(const AttrSpec& spec, const Attr& attr, const Locus& where) {
  const auto outside = [&](double value) { return !(value >= spec.lowest && value <= spec.highest); };
  if (const auto* integer = std::get_if<std::int64_t>(&attr); integer && outside(static_cast<double>(*integer)))
    return out_of_range(spec, "", std::to_string(*integer), where);
  const bool bounded = spec.lowest != std::numeric_limits<double>::lowest() ||
                       spec.highest != std::numeric_limits<double>::max();
  if (const auto* real = std::get_if<float>(&attr); real && bounded && outside(static_cast<double>(*real)))
    return out_of_range(spec, "", number_text(*real), where);
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attr))
    for (std::size_t i = 0; i < list->size(); ++i)
      if (outside(static_cast<double>((*list)[i])))
        return out_of_range(spec, "[" + std::to_string(i) + "]", std::to_string((*list)[i]), where);
  return std::nullopt;
}

}  // namespace

Diagnostic at(const OpView& op, Code code, std::string message, std::vector<std::string> help) {
  return {.code = code, .message = std::move(message), .where = op.node.origin, .help = std::move(help)};
}

Status complete_attributes(const OpDef& op, Attrs& attrs, const Locus& where) {
  Diagnostics problems;
  for (const auto& [name, attr] : attrs) {
    const auto spec = std::ranges::find(op.attrs, name, &AttrSpec::name);
    if (spec == op.attrs.end()) {
      problems.push_back({.code = Code::unknown_attribute,
                          .message = "attribute '" + name + "' is not part of " + std::string(op.name),
                          .where = where});
    } else if (spec->kind != kind_of(attr)) {
      problems.push_back({.code = Code::unknown_attribute,
                          .message = "attribute '" + name + "' is " + std::string(kind_name(kind_of(attr))) +
                                     ", expected " + std::string(kind_name(spec->kind)),
                          .where = where});
    } else if (auto problem = check_range(*spec, attr, where)) {
      problems.push_back(*std::move(problem));
    }
  }
  for (const AttrSpec& spec : op.attrs) {
    if (attrs.contains(spec.name)) continue;
    if (spec.required)
      problems.push_back({.code = Code::attribute_range,
                          .message = "required attribute '" + std::string(spec.name) + "' is missing",
                          .where = where});
    else if (!std::holds_alternative<std::monostate>(spec.fallback))
      attrs.emplace(spec.name, to_attr(spec.fallback));
  }
  if (!problems.empty()) return problems;
  return Ok{};
}

Result<Types> infer_types(const Graph& graph, const Node& node) {
  const OpView view{graph, node};
  const Arity& arity = node.op->arity;
  const auto count_text = [](int low, int high) {
    return high == 255 ? std::to_string(low) + " or more"
                       : low == high ? std::to_string(low) : std::to_string(low) + " to " + std::to_string(high);
  };
  if (node.inputs.size() < arity.min_in || (arity.max_in != 255 && node.inputs.size() > arity.max_in))
    return at(view, Code::wrong_arity, std::to_string(node.inputs.size()) + " inputs, expected " +
                                           count_text(arity.min_in, arity.max_in));
  if (node.outputs.size() < arity.min_out || (arity.max_out != 255 && node.outputs.size() > arity.max_out))
    return at(view, Code::wrong_arity, std::to_string(node.outputs.size()) + " outputs, expected " +
                                           count_text(arity.min_out, arity.max_out));
  for (std::size_t i = 0; i < arity.min_in; ++i)
    if (!view.has_in(i)) return at(view, Code::wrong_arity, "input " + std::to_string(i) + " may not be left out");
  return node.op->infer(view);
}

}  // namespace mote
