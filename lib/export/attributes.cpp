#include "lib/export/attributes.hpp"

#include <algorithm>

namespace mote {
namespace {

bool equals(const Attr& value, const AttrDefault& fallback) {
  if (const auto* integer = std::get_if<std::int64_t>(&fallback))
    return std::holds_alternative<std::int64_t>(value) && std::get<std::int64_t>(value) == *integer;
  if (const auto* real = std::get_if<float>(&fallback))
    return std::holds_alternative<float>(value) && std::get<float>(value) == *real;
  if (const auto* text = std::get_if<std::string_view>(&fallback))
    return std::holds_alternative<std::string>(value) && std::get<std::string>(value) == *text;
  if (const auto* list = std::get_if<std::span<const std::int64_t>>(&fallback))
    return std::holds_alternative<std::vector<std::int64_t>>(value) &&
           std::ranges::equal(std::get<std::vector<std::int64_t>>(value), *list);
  return false;
}

}  // namespace

const AttrSpec* attribute_of(const OpDef& op, std::string_view name) {
  const auto found = std::ranges::find(op.attrs, name, &AttrSpec::name);
  return found == op.attrs.end() ? nullptr : &*found;
}

bool is_default(const OpDef& op, std::string_view name, const Attrs& attrs) {
  const auto value = attrs.find(name);
  const AttrSpec* spec = attribute_of(op, name);
  return value == attrs.end() || (spec != nullptr && !spec->required && equals(value->second, spec->fallback));
}

}  // namespace mote
