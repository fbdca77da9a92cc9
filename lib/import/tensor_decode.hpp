#pragma once
#include <string>
#include <vector>

#include "lib/import/limits.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/ir/tensor.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// What decoding may draw on, and what it has used so far: one for a whole model.
struct TensorSource {
  ImportLimits limits{};
  bool allow_external_data = false;
  std::string folder{};  // of the model: where external data lies
  std::int64_t constant_bytes = 0;
  std::vector<ExternalTensor> external{};  // read so far
};

// Constants of types that mote does not compute with are read where the model widens them itself at once, by every reader.
//   floats   Casts to float or double: binary16 and bfloat16 convert exactly, but arithmetic in half precision would round
//            differently
//   levels   DequantizeLinear, of int4 and uint4: s8 and u8 hold them, but would not saturate where they do
struct Widened {
  bool floats = false, levels = false;
};

// The elements of a stored tensor (ONNX IR specification, TensorProto) as a row-major tensor. Exactly one storage must
// be used, of exactly the size that element type and extents ask for; values of typed fields must fit the element
// type; booleans become 0 or 1.
[[nodiscard]] Result<Tensor> decode_tensor(const onnx::TensorProto& stored, TensorSource& source,
                                           Widened widened = {});

// The dense form of a sparse tensor: indices in ascending order, either flat [n] or per axis [n, rank].
[[nodiscard]] Result<Tensor> decode_sparse(const onnx::SparseTensorProto& stored, TensorSource& source);

[[nodiscard]] std::string onnx_type_name(std::int64_t data_type);  // "float16"; "type 99" if unknown
[[nodiscard]] bool is_half(std::int64_t data_type);                // float16 or bfloat16
[[nodiscard]] bool is_half_byte(std::int64_t data_type);           // int4 or uint4

}  // namespace mote
