#pragma once
#include <algorithm>
#include <array>
#include <string_view>

// What kinds of operators have in common, by their name in the graph.
namespace mote {

inline constexpr std::string_view unary_elementwise_ops[] = {
    "Abs",  "Acos",      "Acosh",       "Asin",       "Asinh",       "Atan",     "Atanh",    "BitwiseNot",
    "Cast", "Ceil",      "Celu",        "Clip",       "Cos",         "Cosh",     "Elu",      "Erf",
    "Exp",  "FakeQuantize", "Floor",  "Gelu",        "HardSigmoid", "HardSwish",  "IsInf", "IsNaN",
    "LeakyRelu", "Log",  "Mish",        "Neg",        "Not",         "Reciprocal", "Relu",   "Round",
    "Selu", "Shrink",    "Sigmoid",     "Sign",       "Sin",         "Sinh",     "Softplus", "Softsign",
    "Sqrt", "Swish",     "Tan",         "Tanh",       "ThresholdedRelu"};

inline constexpr std::string_view broadcasting_ops[] = {
    "Add", "And",  "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual",
    "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor"};

inline constexpr std::string_view moving_ops[] = {
    "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Split", "Gather",
    "Expand", "Tile", "MaxPool2d", "ReduceMax", "ReduceMin", "Select2d"};

// f(x) element by element, whatever the layout: one data operand, attributes without axes.
[[nodiscard]] constexpr bool is_unary_elementwise(std::string_view op) {
  return std::ranges::find(unary_elementwise_ops, op) != std::end(unary_elementwise_ops);
}
// Operands broadcast against each other as in NumPy, element by element.
[[nodiscard]] constexpr bool is_broadcasting(std::string_view op) {
  return std::ranges::find(broadcasting_ops, op) != std::end(broadcasting_ops);
}
// Every element of the result is an element of the first operand, so levels of a grid stay what they are.
[[nodiscard]] constexpr bool moves_elements(std::string_view op) {
  return std::ranges::find(moving_ops, op) != std::end(moving_ops);
}

}  // namespace mote
