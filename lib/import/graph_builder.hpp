#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "lib/import/fold.hpp"
#include "lib/import/input_types.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/import/problems.hpp"
#include "lib/import/tensor_decode.hpp"
#include "lib/import/unsupported.hpp"
#include "lib/import/versions.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// Builds the IR from a parsed model, collecting problems instead of stopping at the first: what a node with a problem
// defines has no type, and nodes that read it are only asked whether they are supported at all.
class GraphBuilder {
 public:
  GraphBuilder(onnx::ModelProto& model, const std::string& folder, const ImportOptions& options);

  [[nodiscard]] Result<ImportedModel> build();

 private:
  // Names and counts, before anything is built from them.
  [[nodiscard]] bool check_outline();
  void add_initializers();
  void add_inputs();
  void add_nodes();
  void add_outputs();

  void add_node(const onnx::NodeProto& stored, const Locus& where);
  void add_constant_node(const onnx::NodeProto& stored, const Locus& where);
  [[nodiscard]] const OpDef* operator_of(const onnx::NodeProto& stored, const Locus& where);
  [[nodiscard]] bool resolve_inputs(const onnx::NodeProto& stored, Node& node);
  // False if operands of an old form do not fit each other.
  [[nodiscard]] bool align_operand(Node& node, std::int64_t opset);
  void add_typed(Node node);

  void define(const std::string& name, ValueId id) {
    if (!name.empty()) values_.emplace(name, id);
  }
  ValueId add_value(std::string name, TensorType type);
  void add_constant(const std::string& name, Tensor tensor);
  [[nodiscard]] bool fixed_by_option(const onnx::ValueInfoProto& input, const TensorType& type);
  [[nodiscard]] Widened widened_by_readers(const std::string& name) const;

  onnx::ModelProto& model_;
  const ImportOptions& options_;
  Problems problems_;
  Diagnostics notes_;
  TensorSource source_;
  OpsetImports opsets_;
  ModelFunctions functions_;
  Folder folder_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;  // what has a type so far
  std::unordered_set<std::string> given_;            // names of inputs and initializers
  // Names that something else than a Cast to float reads, and something else than a DequantizeLinear.
  std::unordered_set<std::string_view> not_only_cast_, not_only_dequantized_;
  std::vector<std::pair<ValueId, std::string>> unnamed_;  // made here, named when all names of the model are known
  std::size_t unsupported_ = 0;
};

}  // namespace mote
