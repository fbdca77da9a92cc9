#include "tests/random_models/random_case.hpp"

#include <algorithm>

#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/random_models/draft.hpp"
#include "tests/random_models/input_vectors.hpp"

namespace mote::random_models {
namespace {

constexpr std::int64_t most_elements = 512;  // of a result
constexpr std::size_t most_inputs = 4;

// What a network mostly computes with.
enum class Theme : std::uint8_t { small_integers, floats, anything };

Theme random_theme(Rng& rng) {
  const std::int64_t number = rng.integer(0, 9);
  return number < 5 ? Theme::small_integers : number < 7 ? Theme::floats : Theme::anything;
}

bool is_read(const Sample::Input& input) { return input.present && !input.constant; }

bool suits(Theme theme, const Sample& sample) {
  if (std::ranges::none_of(sample.inputs, is_read)) return false;  // all constant: folded, nothing to emit
  const auto some = [&](auto condition) {
    return std::ranges::any_of(sample.inputs,
                               [&](const auto& input) { return is_read(input) && condition(input.type.dtype); });
  };
  const auto is_small = [](DType dtype) { return dtype == DType::s8 || dtype == DType::s16 || dtype == DType::u8; };
  if (theme == Theme::small_integers) return some(is_small) && !some(is_float);
  return theme == Theme::anything || some(is_float);
}

// Operators that the importer folds, and element types that no kernel has, are no part of a compiled network.
bool compiles(const Graph& single) {
  static const Target host = *find_target("host");
  auto compiled = run_passes(standard_pipeline(), single, {.target = host});
  const auto plan = compiled ? make_plan(*std::move(compiled), host) : Result<Plan>(compiled.errors());
  if (plan) return true;
  const Code code = plan.error().code;
  return code != Code::unsupported_type && (code != Code::stage_violation || single.nodes[0].op->lower != nullptr);
}

bool is_small_network(const Graph& single) {
  return std::ranges::all_of(single.values, [](const Value& value) {
    return value.type.shape.elements() <= (value.is_constant() ? 4 * most_elements : most_elements);
  });
}

// Gives operand `i` another type, if the operator accepts it.
bool adopt(const OpDef& op, Sample& sample, std::size_t i, const TensorType& type) {
  Sample trial = sample;
  trial.inputs[i].type = type;
  if (!test::single_node(op, trial)) return false;
  sample = std::move(trial);
  return true;
}

// Makes operand `i` a constant, if the operator accepts it.
void freeze(const OpDef& op, Sample& sample, std::size_t i, Rng& rng) {
  if (!test::single_node(op, sample)) return;
  Sample trial = sample;
  trial.inputs[i].constant = test::instance_of(op, sample, rng).operands[i];
  if (test::single_node(op, trial)) sample = std::move(trial);
}

// What operand `i` reads: a value as it is, the operator following its type; or one made to fit; or a new input.
ValueId source(Draft& draft, const OpDef& op, Sample& sample, std::size_t i, Rng& rng) {
  const Sample::Input& input = sample.inputs[i];
  const auto fresh = [&] { return draft.add_input(input.type, {.low = input.low, .high = input.high}); };
  if (draft.values.empty()) return fresh();
  for (int attempt = 0; attempt < 4; ++attempt) {
    const ValueId value = pick(draft, rng);
    if (adopt(op, sample, i, draft.graph.at(value).type)) return value;
  }
  const ValueId value = pick(draft, rng);
  const bool is_empty = input.type.shape.elements() == 0 || draft.graph.at(value).type.shape.elements() == 0;
  if (is_empty || (draft.graph.inputs.size() < most_inputs && rng.chance(4))) return fresh();
  return fitted(draft, value, input.type, rng);
}

std::optional<Draft> with_sample(Draft draft, const OpDef& op, Sample sample, Rng& rng) {
  std::vector<ValueId> operands(sample.inputs.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0 && is_read(sample.inputs[i]) && rng.chance(3)) freeze(op, sample, i, rng);
    if (is_read(sample.inputs[i])) operands[i] = source(draft, op, sample, i, rng);
  }
  if (std::ranges::none_of(sample.inputs, is_read)) return std::nullopt;
  const auto alone = test::single_node(op, sample);
  if (!alone || !is_small_network(*alone) || !compiles(*alone)) return std::nullopt;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Sample::Input& input = sample.inputs[i];
    if (!input.present || !input.constant) continue;
    operands[i] = draft.graph.add_constant("c", input.type, std::make_shared<const Bytes>(input.constant->bytes));
  }
  draft.add_node(op, sample.attrs, std::move(operands), sample.outputs);
  return draft;
}

// Of a few samples, the one that needs the fewest nodes to connect.
std::optional<Draft> with_operator(const Draft& draft, const OpDef& op, Theme theme, Rng& rng) {
  std::optional<Draft> best;
  for (int attempt = 0; attempt < 3; ++attempt) {
    Sample sample = op.sample(rng);
    if (!suits(theme, sample)) continue;
    std::optional<Draft> next = with_sample(draft, op, std::move(sample), rng);
    if (next && (!best || next->graph.nodes.size() < best->graph.nodes.size())) best = std::move(next);
  }
  return best;
}

std::size_t random_size(Rng& rng) {
  if (rng.chance(16)) return static_cast<std::size_t>(rng.integer(13, 24));
  return static_cast<std::size_t>(rng.chance(16) ? rng.integer(1, 2) : rng.integer(3, 12));
}

// What nothing reads, and now and then what is read too: inputs and a value twice among them.
void choose_outputs(Draft& draft, Rng& rng) {
  std::vector<ValueId>& outputs = draft.graph.outputs;
  std::ranges::copy_if(draft.values, std::back_inserter(outputs), [&](ValueId value) { return !draft.is_used(value); });
  while (rng.chance(4))
    outputs.push_back(
        draft.values[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(draft.values.size()) - 1))]);
}

}  // namespace

Case random_case(std::uint64_t number) {
  Rng rng(number);
  const Theme theme = random_theme(rng);
  const std::size_t size = random_size(rng);
  const auto ops = all_ops();
  Draft draft;
  draft.graph.name = "random" + std::to_string(number);
  while (draft.graph.nodes.size() < size) {
    const OpDef& op = *ops[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(ops.size()) - 1))];
    if (op.sample == nullptr) continue;
    if (auto next = with_operator(draft, op, theme, rng)) draft = *std::move(next);
  }
  choose_outputs(draft, rng);
  std::vector<std::vector<Tensor>> inputs = input_vectors(draft.graph, draft.ranges, rng);
  return {.number = number, .graph = std::move(draft.graph), .inputs = std::move(inputs)};
}

}  // namespace mote::random_models
