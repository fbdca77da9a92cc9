#include "passes/prune/output_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/support/parallel.hpp"
#include "passes/quantize/calibrate/trials.hpp"
#include "passes/quantize/fit/product_parameters.hpp"

namespace mote {
namespace {

constexpr std::int64_t most_samples = 192;

std::vector<std::int64_t> some_of(const ChosenSamples& samples, bool held_out) {
  std::vector<std::int64_t> all, chosen;
  for (std::size_t i = 0; i < samples.indices.size(); ++i)
    if (samples.held_out[i] == held_out) all.push_back(samples.indices[i]);
  for (const std::int64_t row : spread_rows(std::ssize(all), most_samples))
    chosen.push_back(all[static_cast<std::size_t>(row)]);
  return chosen;
}

void put(const OpView& product, const ProductParameters& parameters, HostProgram& program) {
  put_parameters(groups_of(product), 0, parameters, program.tensor(product.node.inputs[1]),
                 program.tensor(product.node.inputs[2]));
}

// Which of them is not finite.
std::optional<std::size_t> spoiled_of(const OutputError::Outputs& outputs) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].dtype == DType::f32 && !std::ranges::all_of(outputs[i].as<float>(), is_finite)) return i;
  return std::nullopt;
}

}  // namespace

Result<OutputLoss> OutputLoss::start(const Graph& original, const ChosenSamples& samples, Samples which) {
  OutputLoss loss;
  loss.compared_ = compared_outputs(original);
  for (const ValueId id : original.outputs) loss.names_.push_back(original.at(id).name);
  for (const std::int64_t index : some_of(samples, which == Samples::held_out)) {
    MOTE_TRY(std::vector<Tensor> inputs, samples.all.sample(index));
    loss.inputs_.push_back(std::move(inputs));
  }
  loss.look_at(original);
  std::vector<OutputError::Outputs> exact = loss.outputs();
  MOTE_TRY_STATUS(loss.leave_out_not_finite(exact));
  loss.error_ = OutputError(loss.compared_, std::move(exact));
  return loss;
}

Status OutputLoss::leave_out_not_finite(std::vector<OutputError::Outputs>& exact) {
  std::vector<std::vector<Tensor>> inputs;
  std::vector<OutputError::Outputs> finite;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const std::optional<std::size_t> spoiled = spoiled_of(exact[i]);
    if (spoiled) {
      spoiled_ = *spoiled;
      continue;
    }
    inputs.push_back(std::move(inputs_[i]));
    finite.push_back(std::move(exact[i]));
  }
  if (finite.empty() && !exact.empty())
    return Diagnostic{.code = Code::bad_data,
                      .message = "the model gives no finite numbers for any of " + std::to_string(exact.size()) +
                                 " samples: nothing says what pruning would lose",
                      .where = {.file = {}, .node = {}, .op_type = {}, .value = spoiled_output()},
                      .help = {"look for NaN or infinities in the samples, or for a preprocessing that is missing"}};
  inputs_ = std::move(inputs);
  exact = std::move(finite);
  return Ok{};
}

void OutputLoss::look_at(const Graph& now) {
  graph_ = now;
  graph_.outputs.clear();
  for (const ComparedOutput& output : compared_) graph_.outputs.push_back(output.value);
  programs_.assign(working_threads, HostProgram(graph_));
}

std::vector<OutputError::Outputs> OutputLoss::outputs() {
  std::vector<OutputError::Outputs> outputs(inputs_.size());
  const Status ran = try_for_each_in_parallel(inputs_.size(), [&](std::size_t thread, std::size_t i) -> Status {
    HostProgram& program = programs_[thread];
    for (std::size_t input = 0; input < graph_.inputs.size(); ++input)
      program.tensor(graph_.inputs[input]) = inputs_[i][input];
    program.run();
    for (const ValueId id : graph_.outputs) outputs[i].push_back(program.tensor(id));
    return Ok{};
  });
  MOTE_CHECK(ran);
  return outputs;
}

double OutputLoss::with(std::span<const ChangedProduct> changed) {
  const auto put_all = [&](const auto& parameters_of_product) {
    for (HostProgram& program : programs_)
      for (const ChangedProduct& product : changed) {
        const OpView op{graph_, graph_.nodes[product.node]};
        put(op, parameters_of_product(product, op), program);
      }
  };
  put_all([](const ChangedProduct& product, const OpView&) { return product.parameters; });
  const std::vector<OutputError::Outputs> found = outputs();
  put_all([](const ChangedProduct&, const OpView& op) { return parameters_of(op, 0, op.constant(1), op.constant(2)); });
  double sum = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (const auto spoiled = spoiled_of(found[i])) {
      spoiled_ = *spoiled;
      return std::numeric_limits<double>::infinity();
    }
    sum += error_.of(i, found[i]);
  }
  return sum / static_cast<double>(std::max<std::size_t>(found.size(), 1));
}

}  // namespace mote
