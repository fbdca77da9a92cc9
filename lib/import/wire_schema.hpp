#pragma once
#include <cstdint>

namespace mote {

// The messages of onnx.proto (up to IR version 11) as far as their nesting matters.
enum class Message : std::uint8_t {
  model,
  operator_set,
  graph,
  node,
  attribute,
  tensor,
  tensor_segment,
  sparse_tensor,
  string_pair,
  value_info,
  annotation,
  type,
  type_tensor,
  type_sparse,
  type_sequence,
  type_map,
  type_optional,
  type_opaque,
  tensor_shape,
  extent,
  function,
  training,
};

// How a field is stored once it is parsed.
enum class FieldKind : std::uint8_t {
  unknown,  // kept by protobuf in its set of unknown fields
  message,
  text,     // string or bytes
  number,   // a single number, or one element of a repeated one
  packed,   // repeated numbers: one element per varint, or per 4 or 8 bytes
};

struct FieldForm {
  FieldKind kind = FieldKind::unknown;
  Message message{};               // of kind message
  std::int64_t bytes_on_wire = 0;  // of kind packed: smallest size of an element
  std::int64_t bytes_parsed = 0;   // of kind packed: size of an element in memory
};

[[nodiscard]] FieldForm field_form(Message message, std::uint32_t field);

}  // namespace mote
