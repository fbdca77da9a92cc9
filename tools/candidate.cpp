#include "tools/candidate.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <thread>

#include "lib/data/affine.hpp"
#include "lib/exec/interpreter.hpp"

namespace mote {
namespace {

Result<TensorList> evaluate(const Graph& graph, const TensorList& sample) {
  TensorList inputs;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    MOTE_TRY(Tensor input, as_input(sample.at(i), graph.at(graph.inputs[i]).type));
    inputs.push_back(std::move(input));
  }
  MOTE_TRY(TensorList outputs, interpret(graph, inputs, Precision::single));
  for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i] = as_reals(std::move(outputs[i]), graph.at(graph.outputs[i]).type);
  return outputs;
}

// Two threads share the samples; results keep the samples' order, and the first failing sample decides the error.
Result<std::vector<TensorList>> evaluate_all(const Graph& graph, std::span<const TensorList> samples) {
  std::vector<std::optional<Result<TensorList>>> results(samples.size());
  std::vector<std::exception_ptr> defects(samples.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < samples.size(); i = next++) {
      try {
        results[i] = evaluate(graph, samples[i]);
      } catch (...) {  // a defect of mote: rethrown on the caller's thread
        defects[i] = std::current_exception();
      }
    }
  };
  {
    const std::jthread other(work);
    work();
  }
  std::vector<TensorList> outputs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (defects[i]) std::rethrow_exception(defects[i]);
    MOTE_TRY(TensorList list, std::move(*results[i]));
    outputs.push_back(std::move(list));
  }
  return outputs;
}

}  // namespace

Candidate interpreter_candidate(std::string name, Graph graph) {
  const auto shared = std::make_shared<const Graph>(std::move(graph));
  return {std::move(name), [shared](std::span<const TensorList> samples) { return evaluate_all(*shared, samples); }};
}

}  // namespace mote
