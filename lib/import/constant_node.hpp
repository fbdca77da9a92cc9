#pragma once
#include "lib/import/tensor_decode.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// The value of a Constant node (ONNX 1..23) in any of its forms: value, sparse_value, value_float(s), value_int(s).
// Strings are refused.
[[nodiscard]] Result<Tensor> constant_node_value(const onnx::NodeProto& node, TensorSource& source, Widened widened,
                                                 const Locus& where);

}  // namespace mote
