#include "lib/ops/support/tree_attributes.hpp"

#include "lib/support/word_list.hpp"

namespace mote::ops {
namespace {

template <class T>
const T* attribute(const OpView& op, const std::string& attr) {
  const auto found = op.node.attrs.find(attr);
  return found == op.node.attrs.end() ? nullptr : std::get_if<T>(&found->second);
}

std::optional<Tensor> literal(const OpView& op, const std::string& attr) {
  const auto* stored = attribute<Literal>(op, attr);
  if (stored == nullptr) return std::nullopt;
  return Tensor{.dtype = stored->type.dtype, .shape = stored->type.shape, .bytes = *stored->data};
}

}  // namespace

std::vector<std::int64_t> integer_list(const OpView& op, std::string_view attr) {
  const auto* list = attribute<std::vector<std::int64_t>>(op, std::string(attr));
  return list == nullptr ? std::vector<std::int64_t>{} : *list;
}

std::vector<double> real_list(const OpView& op, std::string_view attr) {
  const std::string name(attr);
  if (const auto* list = attribute<std::vector<float>>(op, name)) return {list->begin(), list->end()};
  for (const std::string& stored : {name + "_as_tensor", name})
    if (const auto tensor = literal(op, stored)) return tensor->to_reals();
  return {};
}

std::vector<std::int64_t> tensor_list(const OpView& op, std::string_view attr) {
  const auto tensor = literal(op, std::string(attr));
  return tensor ? tensor->to_integers() : std::vector<std::int64_t>{};
}

std::vector<std::string> word_list(const OpView& op, std::string_view attr) {
  const auto* text = attribute<std::string>(op, std::string(attr));
  return text == nullptr ? std::vector<std::string>{} : split_words(*text);
}

}  // namespace mote::ops
