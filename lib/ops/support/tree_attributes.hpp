#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/ops/op_def.hpp"

// Lists among the attributes of ai.onnx.ml, which come as lists, as tensors of double, or not at all.
namespace mote::ops {

[[nodiscard]] std::vector<std::int64_t> integer_list(const OpView& op, std::string_view attr);
// `attr`, or `attr` + "_as_tensor"; or `attr` itself as a tensor.
[[nodiscard]] std::vector<double> real_list(const OpView& op, std::string_view attr);
[[nodiscard]] std::vector<std::string> word_list(const OpView& op, std::string_view attr);
[[nodiscard]] std::vector<std::int64_t> tensor_list(const OpView& op, std::string_view attr);  // of integers

}  // namespace mote::ops
