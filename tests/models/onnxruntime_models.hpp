#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

// Small models made here and run by onnxruntime-node.
namespace mote::test {

// A graph of one operator of ai.onnx.ml with its operands, as ONNX: every operand is an input of the model.
[[nodiscard]] std::string onnx_of(const Graph& graph, std::int64_t ml_version);

struct ModelRun {
  std::string model;             // bytes of a ModelProto
  std::vector<Tensor> operands;  // named x0, x1, …
};

// The outputs of each run, integers and strings among them: a string is its position in `names`. Nothing where ONNX
// Runtime refuses the model; `refusals` gets the reasons.
[[nodiscard]] std::vector<std::optional<std::vector<Tensor>>> run_onnxruntime(const std::vector<ModelRun>& runs,
                                                                              const std::vector<std::string>& names,
                                                                              std::vector<std::string>& refusals);

// False, with a warning that names what is not shown, without node and onnxruntime-node.
[[nodiscard]] bool onnxruntime_present(const std::string& not_shown);

}  // namespace mote::test
