#include "lib/ops/support/label_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/operand_names.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"
#include "lib/support/word_list.hpp"

namespace mote::ops {
namespace {

std::optional<Tensor> literal_of(const OpView& op, std::string_view attr) {
  const auto found = op.node.attrs.find(attr);
  if (found == op.node.attrs.end()) return std::nullopt;
  const auto& literal = std::get<Literal>(found->second);
  Tensor tensor{.dtype = literal.type.dtype, .shape = literal.type.shape, .bytes = *literal.data};
  tensor.shape = shape_of({tensor.shape.elements()});
  return tensor;
}

// `kind`: "keys" or "values"; the one list of numbers that is given.
std::optional<Tensor> numbers_of(const OpView& op, const std::string& kind) {
  if (op.has(kind + "_tensor")) return literal_of(op, kind + "_tensor");
  if (op.has(kind + "_int64s")) {
    const std::vector<std::int64_t> list = integer_list(op, kind + "_int64s");
    return s64_tensor({static_cast<std::int64_t>(list.size())}, list);
  }
  if (!op.has(kind + "_floats")) return std::nullopt;
  const std::vector<double> list = real_list(op, kind + "_floats");
  return f32_tensor({static_cast<std::int64_t>(list.size())}, list);
}

std::int64_t position_of(std::vector<std::string>& distinct, const std::string& word) {
  const auto found = std::ranges::find(distinct, word);
  if (found != distinct.end()) return found - distinct.begin();
  distinct.push_back(word);
  return static_cast<std::int64_t>(distinct.size()) - 1;
}

// Values that are strings as positions among the distinct ones, the default behind them.
void read_names(const OpView& op, const std::vector<std::string>& words, LabelTable& table) {
  std::vector<std::string> distinct;
  std::vector<std::int64_t> positions;
  for (const std::string& word : words) positions.push_back(position_of(distinct, word));
  positions.push_back(position_of(distinct, op.text("default_string")));
  table.values = s64_tensor({static_cast<std::int64_t>(positions.size())}, positions);
  table.names = joined_words(distinct);
}

Result<Tensor> default_value(const OpView& op, DType dtype) {
  if (const auto given = literal_of(op, "default_tensor")) {
    if (given->shape.elements() == 1) return convert(*given, dtype);
    return wrong_count(op, "default_tensor", static_cast<std::size_t>(given->shape.elements()), "1");
  }
  if (is_float(dtype)) return convert(f32_tensor({1}, {static_cast<double>(op.real("default_float"))}), dtype);
  return convert(s64_tensor({1}, {op.integer("default_int64")}), dtype);
}

Status read_values(const OpView& op, LabelTable& table) {
  if (const std::vector<std::string> words = word_list(op, "values_strings"); !words.empty()) {
    read_names(op, words, table);
    return Ok{};
  }
  auto values = numbers_of(op, "values");
  if (!values) return at(op, Code::attribute_range, "has no values", {"set values_int64s, values_floats or values_strings"});
  MOTE_TRY(const Tensor otherwise, default_value(op, values->dtype));
  values->bytes.insert(values->bytes.end(), otherwise.bytes.begin(), otherwise.bytes.end());
  values->shape = shape_of({values->shape.elements() + 1});
  table.values = *std::move(values);
  return Ok{};
}

// Keys that are strings as their positions in the names of the input; a name that the input cannot have gets none of its
// positions.
Result<Tensor> named_keys(const OpView& op, const std::vector<std::string>& words) {
  const std::vector<std::string> names = operand_names(op, 0);
  if (names.empty())
    return at(op, Code::unsupported_form, "the keys are strings, but the input's numbers have no names",
              {"number the categories before training: firmware has no strings"});
  std::vector<std::int64_t> keys;
  std::int64_t unused = -1;
  for (const std::string& word : words) {
    const auto found = std::ranges::find(names, word);
    keys.push_back(found == names.end() ? unused-- : found - names.begin());
  }
  return s64_tensor({static_cast<std::int64_t>(keys.size())}, keys);
}

Result<Tensor> read_keys(const OpView& op) {
  if (const std::vector<std::string> words = word_list(op, "keys_strings"); !words.empty()) return named_keys(op, words);
  if (auto keys = numbers_of(op, "keys")) return *std::move(keys);
  return at(op, Code::attribute_range, "has no keys", {"set keys_int64s or keys_floats"});
}

Status check_keys(const OpView& op, const LabelTable& table) {
  if (table.keys.dtype != op.in(0).dtype)
    return at(op, Code::unsupported_type, "input 'X' is " + type_text(op.in(0)) + ", the keys are " +
                                              std::string(name_of(table.keys.dtype)),
              {"insert a Cast before this node"});
  const std::int64_t keys = table.keys.shape.elements(), values = table.values.shape.elements() - 1;
  if (keys != values || keys == 0)
    return at(op, Code::attribute_range, "has " + std::to_string(keys) + " keys and " + std::to_string(values) + " values",
              {"export the model again; its lists do not belong together"});
  std::set<double> distinct;
  for (const double key : table.keys.to_reals())
    if (!std::isnan(key) && !distinct.insert(key).second) return listed_twice(op, "keys", "the key " + std::to_string(key));
  return Ok{};
}

// The first version and CategoryMapper turn strings into numbers, or back: classes_strings into their positions,
// cats_strings into cats_int64s.
Result<LabelTable> table_of_words(const OpView& op, const std::vector<std::string>& words) {
  std::vector<std::int64_t> numbers = integer_list(op, "cats_int64s");
  if (op.has("classes_strings")) {
    numbers.resize(words.size());
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
  }
  LabelTable table;
  if (operand_names(op, 0).empty()) {
    table.keys = s64_tensor({static_cast<std::int64_t>(numbers.size())}, numbers);
    read_names(op, words, table);
    return table;
  }
  MOTE_TRY(table.keys, named_keys(op, words));
  numbers.push_back(op.integer("default_int64"));
  table.values = s64_tensor({static_cast<std::int64_t>(numbers.size())}, numbers);
  return table;
}

}  // namespace

Result<LabelTable> label_table_of(const OpView& op) {
  LabelTable table;
  const std::vector<std::string> words = word_list(op, op.has("classes_strings") ? "classes_strings" : "cats_strings");
  if (!words.empty()) {
    MOTE_TRY(table, table_of_words(op, words));
  } else {
    MOTE_TRY(table.keys, read_keys(op));
    MOTE_TRY_STATUS(read_values(op, table));
  }
  MOTE_TRY_STATUS(check_keys(op, table));
  return table;
}

}  // namespace mote::ops
