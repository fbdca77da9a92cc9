#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

using TensorList = std::vector<Tensor>;  // a sample's inputs, or the outputs for it, in the model's order

// One network among those that are evaluated side by side. `run` takes samples with the model's own input types and
// gives, per sample, outputs as real numbers: what is quantized inside is the candidate's affair.
struct Candidate {
  std::string name{};
  std::function<Result<std::vector<TensorList>>(std::span<const TensorList> samples)> run{};
};

// A graph run by the interpreter in single precision (integers exactly), on two threads. Inputs and outputs that are
// quantized in the graph (TensorType::quant) are converted at its border.
[[nodiscard]] Candidate interpreter_candidate(std::string name, Graph graph);

// A compiled drop: built once with the host's C++ compiler and run as a process of its own on each batch of samples.
// `model`: the graph whose inputs the samples have. Code::drop_build_failed, Code::tool_missing, Code::drop_modified.
[[nodiscard]] Result<Candidate> drop_candidate(std::string name, const std::string& folder, const Graph& model);

}  // namespace mote
