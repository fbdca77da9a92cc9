#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/import/onnx_import.hpp"

// The conformance vectors of ONNX (Debian's libonnx-testdata): one folder per case with model.onnx and folders
// test_data_set_<n> of input_<i>.pb and output_<i>.pb.
namespace mote::conformance {

struct VectorCase {
  std::string group;   // "node", "simple", "pytorch-operator", "pytorch-converted"
  std::string name;    // "test_add_bcast"
  std::string folder;  // absolute
};

// Where the vectors are installed: $MOTE_ONNX_VECTORS, else Debian's place; nothing if neither exists.
[[nodiscard]] std::optional<std::string> vectors_root();
[[nodiscard]] std::vector<VectorCase> list_cases(const std::string& root);  // sorted by group and name

// What a model declares, without importing it.
struct ModelFacts {
  std::vector<std::string> operators;     // distinct, sorted
  std::vector<std::string> input_names;   // without those that are initializers
  std::vector<std::string> output_names;
};
[[nodiscard]] Result<ModelFacts> read_facts(const VectorCase& vector_case);

// The tensors of one data set in the order of the model's inputs (outputs); an error where one is no tensor of a type
// that mote knows.
struct DataSet {
  std::vector<Tensor> inputs, outputs;
};
[[nodiscard]] Result<DataSet> read_data_set(const VectorCase& vector_case, const ModelFacts& facts);

// The case's model with the shapes of its data, ready to run. Inputs that an operator needs as constants are fixed to
// the vector's own values; `inputs` are those left, in the order of graph.inputs.
struct PreparedCase {
  ImportedModel model;
  std::vector<Tensor> inputs, outputs;
};
[[nodiscard]] Result<PreparedCase> prepare(const VectorCase& vector_case);

// Why `actual` is not the expected tensor, if so. Floats: |actual - expected| <= 1e-7 + 1e-3 |expected|, the tolerance
// of ONNX's own backend tests, NaN equal to NaN; integers and booleans exactly. f64 results stand for f32 outputs of
// the reference precision.
[[nodiscard]] std::optional<std::string> difference(const Tensor& actual, const Tensor& expected);

}  // namespace mote::conformance
