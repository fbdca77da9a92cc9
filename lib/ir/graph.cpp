#include "lib/ir/graph.hpp"

#include <algorithm>
#include <array>

namespace mote {

std::string NameIndex::claim(std::span<const Value> values, const std::string& wanted) {
  if (values.size() < indexed_) *this = {};  // values were dropped
  for (; indexed_ < values.size(); ++indexed_) next_suffix_.try_emplace(values[indexed_].name, 2);
  std::string unique = wanted;
  // The counter is kept with the wanted name, or a thousand values of one name would cost a million look-ups.
  if (const auto taken = next_suffix_.find(wanted); taken != next_suffix_.end()) {
    int& suffix = taken->second;
    do unique = wanted + "_" + std::to_string(suffix++);
    while (next_suffix_.contains(unique));
  }
  next_suffix_.try_emplace(unique, 2);
  return unique;
}

ValueId Graph::add_value(std::string value_name, TensorType type) {
  values.push_back({.name = names.claim(values, value_name), .type = std::move(type), .data = {}});
  return ValueId{static_cast<std::uint32_t>(values.size() - 1)};
}

void Graph::rename(ValueId id, const std::string& wanted) {
  if (at(id).name == wanted) return;
  const std::string unique = names.claim(values, wanted);
  names.forget(at(id).name);
  at(id).name = unique;
}

ValueId Graph::add_constant(std::string value_name, TensorType type, Blob data) {
  MOTE_CHECK(data != nullptr && static_cast<std::int64_t>(data->size()) == type.bytes());
  const ValueId id = add_value(std::move(value_name), std::move(type));
  at(id).data = std::move(data);
  return id;
}

Tensor Graph::constant(ValueId id) const {
  const Value& value = at(id);
  MOTE_CHECK(value.is_constant());
  return {.dtype = value.type.dtype, .shape = value.type.shape, .bytes = *value.data};
}

std::string_view name_of(Stage stage) {
  static constexpr std::array<std::string_view, 4> names{"imported", "canonical", "fused", "lowerable"};
  return names[static_cast<std::size_t>(stage)];
}

}  // namespace mote
