#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "lib/ir/tensor.hpp"
#include "lib/ir/type.hpp"
#include "lib/support/strong_id.hpp"

namespace mote {

struct OpDef;
using ValueId = Id<struct ValueTag>;

struct Value {
  std::string name{};  // unique; the model's own name where it has one, so that it survives into the emitted comments
  TensorType type{};
  Blob data{};         // set for constants only: type.bytes() bytes, row-major
  [[nodiscard]] bool is_constant() const { return data != nullptr; }
};

// A constant inside an attribute (ConstantOfShape's value).
struct Literal {
  TensorType type{};
  Blob data{};
  bool operator==(const Literal& other) const { return type == other.type && *data == *other.data; }
};

using Attr = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>, Literal>;
using Attrs = std::map<std::string, Attr, std::less<>>;

struct Node {
  const OpDef* op = nullptr;
  Attrs attrs{};                   // complete and in range, see AttrSpec
  std::vector<ValueId> inputs{};   // an empty id is an optional operand left out
  std::vector<ValueId> outputs{};  // likewise for optional outputs
  Locus origin{};                  // the node of the user's model that this one stands for
};

// Which value names are taken. Follows Graph::values by itself as long as values are only appended; whoever renames a
// value goes through Graph::rename, whoever drops values starts a new index.
class NameIndex {
 public:
  [[nodiscard]] std::string claim(std::span<const Value> values, const std::string& wanted);
  void forget(const std::string& name) { next_suffix_.erase(name); }

 private:
  std::unordered_map<std::string, int> next_suffix_{};  // every taken name, and the suffix to try next for it
  std::size_t indexed_ = 0;                             // how many values have been entered
};

// A value type. Invariant: `nodes` is a topological order; `verify` (lib/ops/verify.hpp) checks this and all others.
struct Graph {
  std::string name{};
  std::vector<Value> values{};
  std::vector<Node> nodes{};
  std::vector<ValueId> inputs{};
  std::vector<ValueId> outputs{};
  NameIndex names{};

  [[nodiscard]] const Value& at(ValueId id) const { return values[*id]; }
  [[nodiscard]] Value& at(ValueId id) { return values[*id]; }
  // Adds a value under `name`, made unique with a suffix if it is taken. Constant time.
  ValueId add_value(std::string name, TensorType type);
  ValueId add_constant(std::string name, TensorType type, Blob data);
  void rename(ValueId id, const std::string& wanted);  // likewise made unique
  [[nodiscard]] Tensor constant(ValueId id) const;  // a copy of a constant's elements
};

// How far a graph has come; each stage only tightens what is legal.
enum class Stage : std::uint8_t { imported, canonical, fused, lowerable };
[[nodiscard]] std::string_view name_of(Stage stage);

}  // namespace mote
