#pragma once
#include "lib/import/problems.hpp"
#include "lib/import/tensor_decode.hpp"
#include "lib/ops/op_def.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// The attributes of a node in the IR's form, not yet checked against the operator. A list of strings (activations of an
// LSTM, modes of a tree ensemble, names of classes) becomes one text, see lib/support/word_list.hpp.
// Problems (subgraphs, tensors of unreadable types, names given twice) are added; the attribute is then left out.
[[nodiscard]] Attrs decode_attributes(const onnx::NodeProto& node, TensorSource& source, const Locus& where,
                                      Problems& problems);

// True for nodes that carry a graph: control flow (If, Loop, Scan) and the like.
[[nodiscard]] bool has_subgraph(const onnx::NodeProto& node);

}  // namespace mote
