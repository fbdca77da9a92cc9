#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lib/import/onnx_import.hpp"
#include <onnx/onnx_pb.h>

namespace mote::test {

using Extents = std::vector<std::int64_t>;
// An attribute as tests write it.
using AttrValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
struct NamedAttr {
  std::string name;
  AttrValue value;
};

// Small ONNX models, built with the protobuf classes. What a test needs beyond this it does on `proto`.
struct ModelBuilder {
  explicit ModelBuilder(std::int64_t opset = 13);

  onnx::TensorShapeProto& input(const std::string& name, const Extents& extents,
                                std::int32_t type = onnx::TensorProto::FLOAT);
  ModelBuilder& output(const std::string& name);
  onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs, const std::vector<NamedAttr>& attrs = {});
  onnx::TensorProto& floats(const std::string& name, const Extents& extents, const std::vector<float>& values);
  onnx::TensorProto& integers(const std::string& name, const Extents& extents, const std::vector<std::int64_t>& values);

  [[nodiscard]] Result<ImportedModel> import(const ImportOptions& options = {}) const;
  [[nodiscard]] Bytes bytes() const;

  onnx::ModelProto proto;
};

// A model x -> Relu -> y, complete.
[[nodiscard]] ModelBuilder relu_model(const Extents& extents = {1, 4});

// All codes of a failed import, in order; empty if it succeeded.
[[nodiscard]] std::vector<Code> codes_of(const Result<ImportedModel>& imported);
[[nodiscard]] bool has_code(const Result<ImportedModel>& imported, Code code);

}  // namespace mote::test
