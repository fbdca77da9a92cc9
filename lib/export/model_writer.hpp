#pragma once
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "lib/ir/graph.hpp"

namespace onnx {
class ModelProto;
}

namespace mote {

// One node as it goes into the file. Empty input names are optional operands left out.
struct WrittenNode {
  std::string op{};
  std::vector<std::string> inputs{}, outputs{};
  Attrs attrs{};
  std::string name{};  // of the model's own node; written for the first that has it
};

// Builds the file: the only part of the export that knows protobuf.
class ModelWriter {
 public:
  explicit ModelWriter(const Graph& graph);  // all names of its values are taken

  [[nodiscard]] std::string fresh(const std::string& wanted);  // made unique with a suffix
  void input(const std::string& name, const TensorType& type);
  void output(const std::string& name, const TensorType& type);
  void constant(const std::string& name, const Tensor& tensor);
  // s8 elements of -8..7 as int4, two in a byte; operator set 21.
  void constant_of_4_bits(const std::string& name, const Tensor& tensor);
  void node(const WrittenNode& node);

  // The finished file, the same bytes every time.
  [[nodiscard]] std::string finish(std::int64_t opset);

 private:
  std::shared_ptr<onnx::ModelProto> model_;
  std::unordered_set<std::string> names_{};
  std::unordered_set<std::string> node_names_{};
};

}  // namespace mote
