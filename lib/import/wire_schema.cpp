#include "lib/import/wire_schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mote {
namespace {

struct Row {
  Message in;
  std::uint32_t field;
  FieldForm form;
};

constexpr FieldForm holds(Message message) { return {.kind = FieldKind::message, .message = message}; }
constexpr FieldForm text{.kind = FieldKind::text};
constexpr FieldForm number{.kind = FieldKind::number};
constexpr FieldForm varints{.kind = FieldKind::packed, .bytes_on_wire = 1, .bytes_parsed = 8};
constexpr FieldForm short_varints{.kind = FieldKind::packed, .bytes_on_wire = 1, .bytes_parsed = 4};
constexpr FieldForm words{.kind = FieldKind::packed, .bytes_on_wire = 4, .bytes_parsed = 4};
constexpr FieldForm doubles{.kind = FieldKind::packed, .bytes_on_wire = 8, .bytes_parsed = 8};

using enum Message;
// Sorted by message and field number, as onnx.proto lists them.
constexpr std::array rows{
    Row{model, 1, number}, Row{model, 2, text}, Row{model, 3, text}, Row{model, 4, text}, Row{model, 5, number},
    Row{model, 6, text}, Row{model, 7, holds(graph)}, Row{model, 8, holds(operator_set)},
    Row{model, 14, holds(string_pair)}, Row{model, 20, holds(training)}, Row{model, 25, holds(function)},
    Row{operator_set, 1, text}, Row{operator_set, 2, number},
    Row{graph, 1, holds(node)}, Row{graph, 2, text}, Row{graph, 5, holds(tensor)}, Row{graph, 10, text},
    Row{graph, 11, holds(value_info)}, Row{graph, 12, holds(value_info)}, Row{graph, 13, holds(value_info)},
    Row{graph, 14, holds(annotation)}, Row{graph, 15, holds(sparse_tensor)},
    Row{node, 1, text}, Row{node, 2, text}, Row{node, 3, text}, Row{node, 4, text}, Row{node, 5, holds(attribute)},
    Row{node, 6, text}, Row{node, 7, text},
    Row{attribute, 1, text}, Row{attribute, 2, number}, Row{attribute, 3, number}, Row{attribute, 4, text},
    Row{attribute, 5, holds(tensor)}, Row{attribute, 6, holds(graph)}, Row{attribute, 7, words},
    Row{attribute, 8, varints}, Row{attribute, 9, text}, Row{attribute, 10, holds(tensor)},
    Row{attribute, 11, holds(graph)}, Row{attribute, 13, text}, Row{attribute, 14, holds(type)},
    Row{attribute, 15, holds(type)}, Row{attribute, 20, number}, Row{attribute, 21, text},
    Row{attribute, 22, holds(sparse_tensor)}, Row{attribute, 23, holds(sparse_tensor)},
    Row{tensor, 1, varints}, Row{tensor, 2, number}, Row{tensor, 3, holds(tensor_segment)}, Row{tensor, 4, words},
    Row{tensor, 5, short_varints}, Row{tensor, 6, text}, Row{tensor, 7, varints}, Row{tensor, 8, text},
    Row{tensor, 9, text}, Row{tensor, 10, doubles}, Row{tensor, 11, varints}, Row{tensor, 12, text},
    Row{tensor, 13, holds(string_pair)}, Row{tensor, 14, number},
    Row{tensor_segment, 1, number}, Row{tensor_segment, 2, number},
    Row{sparse_tensor, 1, holds(tensor)}, Row{sparse_tensor, 2, holds(tensor)}, Row{sparse_tensor, 3, varints},
    Row{string_pair, 1, text}, Row{string_pair, 2, text},
    Row{value_info, 1, text}, Row{value_info, 2, holds(type)}, Row{value_info, 3, text},
    Row{annotation, 1, text}, Row{annotation, 2, holds(string_pair)},
    Row{type, 1, holds(type_tensor)}, Row{type, 4, holds(type_sequence)}, Row{type, 5, holds(type_map)},
    Row{type, 6, text}, Row{type, 7, holds(type_opaque)}, Row{type, 8, holds(type_sparse)},
    Row{type, 9, holds(type_optional)},
    Row{type_tensor, 1, number}, Row{type_tensor, 2, holds(tensor_shape)},
    Row{type_sparse, 1, number}, Row{type_sparse, 2, holds(tensor_shape)},
    Row{type_sequence, 1, holds(type)},
    Row{type_map, 1, number}, Row{type_map, 2, holds(type)},
    Row{type_optional, 1, holds(type)},
    Row{type_opaque, 1, text}, Row{type_opaque, 2, text},
    Row{tensor_shape, 1, holds(extent)},
    Row{extent, 1, number}, Row{extent, 2, text}, Row{extent, 3, text},
    Row{function, 1, text}, Row{function, 2, number}, Row{function, 3, number}, Row{function, 4, text},
    Row{function, 5, text}, Row{function, 6, text}, Row{function, 7, holds(node)}, Row{function, 8, text},
    Row{function, 9, holds(operator_set)}, Row{function, 10, text}, Row{function, 11, holds(attribute)},
    Row{training, 1, holds(graph)}, Row{training, 2, holds(graph)}, Row{training, 3, holds(string_pair)},
    Row{training, 4, holds(string_pair)},
};

}  // namespace

FieldForm field_form(Message message, std::uint32_t field) {
  const auto key = [](const Row& row) { return std::pair(row.in, row.field); };
  const auto found = std::ranges::lower_bound(rows, std::pair(message, field), {}, key);
  return found != rows.end() && found->in == message && found->field == field ? found->form : FieldForm{};
}

}  // namespace mote
