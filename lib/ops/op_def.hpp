#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/kernel_call.hpp"
#include "lib/support/result.hpp"
#include "lib/support/rng.hpp"
#include "lib/target/target.hpp"

namespace mote {

namespace ops {
struct Interval;
}
struct IntegerBounds;
class GradientBuilder;

// What an operator sees of its node: attributes, operand types, constant operands.
struct OpView {
  const Graph& graph;
  const Node& node;

  [[nodiscard]] bool has_in(std::size_t i) const { return i < node.inputs.size() && node.inputs[i]; }
  [[nodiscard]] bool has_out(std::size_t i) const { return i < node.outputs.size() && node.outputs[i]; }
  [[nodiscard]] const TensorType& in(std::size_t i) const { return graph.at(node.inputs[i]).type; }
  [[nodiscard]] const TensorType& out(std::size_t i) const { return graph.at(node.outputs[i]).type; }
  [[nodiscard]] bool is_constant(std::size_t i) const { return has_in(i) && graph.at(node.inputs[i]).is_constant(); }
  [[nodiscard]] Tensor constant(std::size_t i) const { return graph.constant(node.inputs[i]); }

  [[nodiscard]] bool has(std::string_view attr) const { return node.attrs.contains(attr); }
  [[nodiscard]] std::int64_t integer(std::string_view attr) const { return get<std::int64_t>(attr); }
  [[nodiscard]] float real(std::string_view attr) const { return get<float>(attr); }
  [[nodiscard]] const std::string& text(std::string_view attr) const { return get<std::string>(attr); }
  [[nodiscard]] const std::vector<std::int64_t>& integers(std::string_view attr) const {
    return get<std::vector<std::int64_t>>(attr);
  }

 private:
  template <class T>
  const T& get(std::string_view attr) const {
    const auto found = node.attrs.find(attr);
    MOTE_CHECK(found != node.attrs.end() && std::holds_alternative<T>(found->second));
    return std::get<T>(found->second);
  }
};

// Diagnostics with the node's place filled in.
[[nodiscard]] Diagnostic at(const OpView& op, Code code, std::string message, std::vector<std::string> help = {});

enum class AttrKind : std::uint8_t { integer, real, text, integers, reals, literal };
using AttrDefault = std::variant<std::monostate, std::int64_t, float, std::string_view, std::span<const std::int64_t>>;

// The declaration of one attribute. The legal range is part of it, so `stride = 0` dies at import, not in a division.
// `fallback` empty and not `required`: the attribute may be absent (OpView::has).
// `operand` >= 0: newer opsets pass it as that input (Reshape's shape, Clip's min, Slice's starts, …); the importer
// takes either form, requires the input to be constant, and the IR always holds the attribute. The declared operands
// vanish from the node's inputs.
struct AttrSpec {
  std::string_view name;
  AttrKind kind = AttrKind::integer;
  AttrDefault fallback{};
  bool required = false;
  double lowest = std::numeric_limits<double>::lowest();
  double highest = std::numeric_limits<double>::max();
  int operand = -1;
};

struct Arity {
  std::uint8_t min_in = 1, max_in = 1;  // data inputs, after attribute operands were taken out; 255: any number
  std::uint8_t min_out = 1, max_out = 1;
};

// ONNX operator versions understood, as opset numbers of `domain`; since == 0: not an ONNX operator (mote's own core).
struct OnnxForm {
  std::string_view name{};
  std::string_view domain{};
  int since = 0, until = 0;
};

// Bytes of one tensor that are bytes of another: no code, no copy. Offsets in bytes from the start of the whole.
struct View {
  enum class Kind : std::uint8_t { output_in_input, input_in_output } kind = Kind::output_in_input;
  std::size_t input = 0, output = 0;
  std::int64_t offset = 0;
};

using Types = std::vector<TensorType>;
using Operands = std::span<const Tensor* const>;  // nullptr: optional operand left out
using Outputs = std::span<Tensor>;                // allocated and zeroed, of the inferred shapes

// A random legal instance of an operator: feeds every generic property test.
struct Sample {
  struct Input {
    TensorType type{};
    std::optional<Tensor> constant{};  // set: a constant operand; else drawn at random by the test
    bool present = true;
    float low = -4.0F, high = 4.0F;    // range of random real elements; integers are drawn from the same range
  };
  Attrs attrs{};
  std::vector<Input> inputs{};
  std::size_t outputs = 1;
};

// One operator, whole: the only file that knows it. Adding one is a file in lib/ops and a line in ops.def.
struct OpDef {
  std::string_view name;     // unique in the IR: "Conv", "Conv2d"
  std::string_view summary;  // one line for `mote list ops`
  OnnxForm onnx{};
  Arity arity{};
  std::span<const AttrSpec> attrs{};

  // Import only: rewrites the attributes of older opsets into the newest meaning, before defaults are filled in.
  void (*adapt)(std::int64_t opset, Attrs& attrs) = nullptr;
  // Types of the outputs from types, attributes and constant operands; rejects everything that eval cannot handle.
  Result<Types> (*infer)(const OpView&) = nullptr;
  // Reference semantics. Float tensors arrive as f32 (bit-exact with the emitted code: same order of operations, no
  // contraction) or, when the interpreter runs in double precision, as f64; the operator works in whichever it is given.
  // Out-of-range run-time indices are clamped to the nearest valid one.
  void (*eval)(const OpView&, Operands in, Outputs out) = nullptr;
  // What results and intermediates can be when the elements of input i lie in inputs[i] (lib/ops/integer_bounds.hpp), of
  // a node with integer outputs that infer accepts. Null: all that the types of the outputs allow.
  IntegerBounds (*bounds)(const OpView&, std::span<const ops::Interval> inputs) = nullptr;
  std::int64_t (*macs)(const OpView&) = nullptr;       // multiply-accumulates per inference; null: none
  std::vector<View> (*views)(const OpView&) = nullptr; // null or empty: always needs its kernel
  // The kernel call; null: the operator must be gone (decomposed) at Stage::lowerable, or be a view.
  Result<KernelCall> (*lower)(const OpView&, const Target&) = nullptr;
  Sample (*sample)(Rng&) = nullptr;
  // Builds the gradients of the operands from those of the results, of ordinary operators; null: not differentiable.
  void (*gradient)(const OpView&, GradientBuilder&) = nullptr;
};

[[nodiscard]] std::span<const OpDef* const> all_ops();  // in the order of ops.def
[[nodiscard]] const OpDef* find_op(std::string_view name);
[[nodiscard]] const OpDef* find_onnx_op(std::string_view domain, std::string_view name);

// Fills in defaults and checks names, kinds, ranges and arity of a node; then infers its output types. What the
// importer, the text parser and passes that build nodes all go through.
[[nodiscard]] Status complete_attributes(const OpDef& op, Attrs& attrs, const Locus& where);
[[nodiscard]] Result<Types> infer_types(const Graph& graph, const Node& node);

}  // namespace mote
