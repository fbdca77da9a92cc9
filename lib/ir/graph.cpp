#include "lib/ir/graph.hpp"

#include <algorithm>
#include <array>

namespace mote {

ValueId Graph::add_value(std::string value_name, TensorType type) {
  const auto taken = [&](const std::string& candidate) {
    return std::ranges::any_of(values, [&](const Value& value) { return value.name == candidate; });
  };
  std::string unique = value_name;
  for (int suffix = 2; taken(unique); ++suffix) unique = value_name + "_" + std::to_string(suffix);
  values.push_back({.name = std::move(unique), .type = std::move(type), .data = {}});
  return ValueId{static_cast<std::uint32_t>(values.size() - 1)};
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
