#include "passes/distill/distillation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/ops/term.hpp"
#include "lib/quant/weight_removal.hpp"
#include "lib/quant/weight_scale.hpp"
#include "lib/support/rng.hpp"
#include "passes/distill/feature_terms.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

std::string type_text(const TensorType& type) { return std::string(name_of(type.dtype)) + " " + type.shape.text(); }

Status expect_same_types(const Graph& student, const std::vector<ValueId>& own, const Graph& teacher,
                         const std::vector<ValueId>& others, const std::string& what) {
  bool same = own.size() == others.size();
  std::string found, expected;
  for (const ValueId id : own) found += " " + type_text(student.at(id).type);
  for (const ValueId id : others) expected += " " + type_text(teacher.at(id).type);
  if (same && found == expected) return Ok{};
  return Diagnostic{.code = Code::shape_mismatch,
                    .message = "the student's " + what + " are" + found + ", expected those of the teacher," + expected,
                    .help = {"a student takes and gives what its teacher does, in the same order and layout"}};
}

// The teacher's values in the graph of the student.
std::vector<ValueId> add_teacher(Graph& graph, const Graph& teacher) {
  std::vector<ValueId> ids(teacher.values.size());
  for (std::size_t i = 0; i < teacher.inputs.size(); ++i) ids[*teacher.inputs[i]] = graph.inputs[i];
  for (std::size_t i = 0; i < teacher.values.size(); ++i) {
    const Value& value = teacher.values[i];
    if (ids[i]) continue;
    ids[i] = value.is_constant() ? graph.add_constant("teacher", value.type, value.data)
                                 : graph.add_value("teacher", value.type);
  }
  for (Node node : teacher.nodes) {
    for (ValueId& id : node.inputs) id = id ? ids[*id] : id;
    for (ValueId& id : node.outputs) id = id ? ids[*id] : id;
    graph.nodes.push_back(std::move(node));
  }
  return ids;
}

bool is_softmax(const Node& node) { return node.op->name == "Softmax" || node.op->name == "LogSoftmax"; }

// An output and, if a Softmax or LogSoftmax gives it, its operand and attributes.
struct Scores {
  ValueId id{};
  std::optional<Attrs> softmax{};
};

// Probabilities that are rounded to levels are probabilities, too.
Scores scores_of(const Graph& graph, ValueId output) {
  ValueId given = output;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (node->outputs.front() != given) continue;
    if (is_softmax(*node)) return {.id = node->inputs.front(), .softmax = node->attrs};
    if (node->op->name != "FakeQuantize" && node->op->name != "LearnedQuantize") break;
    given = node->inputs.front();
  }
  return {.id = output};
}

Term sum(Term x) { return x.builder->apply("ReduceSum", {x}, {{"keepdims", std::int64_t{0}}}); }

struct Pair {
  Scores student{}, teacher{};
  std::int64_t rows = 1;
};

Pair pair_of(const Graph& graph, ValueId student, ValueId teacher) {
  Pair pair{.student = scores_of(graph, student), .teacher = scores_of(graph, teacher)};
  const Shape& shape = graph.at(student).type.shape;
  if (shape.rank() > 0 && shape.elements() > 0) pair.rows = shape.elements() / shape[shape.rank() - 1];
  return pair;
}

Term divergence(TermBuilder& builder, const Pair& pair, const DistillationOptions& options,
                std::optional<ValueId> labels) {
  const Attrs attrs = pair.student.softmax.value_or(pair.teacher.softmax.value_or(Attrs{}));
  const float cooling = 1.0F / options.temperature, by_row = 1.0F / static_cast<float>(pair.rows);
  const Term student = builder.term(pair.student.id), teacher = cooling * builder.term(pair.teacher.id);
  const Term wanted = builder.apply("LogSoftmax", {teacher}, attrs);
  const Term given = builder.apply("LogSoftmax", {cooling * student}, attrs);
  const Term distance = sum(applied("Exp", wanted) * (wanted - given));
  const Term loss = (by_row * options.temperature * options.temperature) * distance;
  if (!labels) return loss;
  const Term entropy = -sum(builder.term(*labels) * builder.apply("LogSoftmax", {student}, attrs));
  return (1.0F - options.label_share) * loss + (by_row * options.label_share) * entropy;
}

Term difference(TermBuilder& builder, ValueId student, ValueId teacher) {
  const Term distance = builder.term(student) - builder.term(teacher);
  return mean(distance * distance);
}

bool is_classifier(const Pair& pair, const DistillationOptions& options) {
  if (options.loss != DistillationLoss::automatic) return options.loss == DistillationLoss::divergence;
  return options.with_labels || pair.student.softmax || pair.teacher.softmax;
}

// The parameters among the operands of a node, by number.
std::vector<std::size_t> parameters_of(const Graph& graph, const Node& node) {
  if (is_core_product(node.op->name) || node.op->name == "Normalize") return {1, 2};
  if (node.op->name == "LearnedQuantize") return {0, 1};
  const bool arithmetic = is_one_of(node.op->name, std::array<std::string_view, 4>{"Add", "Sub", "Mul", "PRelu"});
  std::vector<std::size_t> parameters;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool many = node.inputs[i] && graph.at(node.inputs[i]).type.shape.elements() > 1;
    if ((arithmetic && many) || node.op->name == "MatMul" || node.op->name == "Gemm") parameters.push_back(i);
  }
  return parameters;
}

std::vector<ValueId> variables_of(const Graph& student) {
  std::vector<ValueId> variables;
  for (const Node& node : student.nodes)
    for (const std::size_t i : parameters_of(student, node)) {
      const ValueId id = i < node.inputs.size() ? node.inputs[i] : ValueId{};
      const bool learns = id && student.at(id).is_constant() && student.at(id).type.dtype == DType::f32;
      if (learns && std::ranges::find(variables, id) == variables.end()) variables.push_back(id);
    }
  return variables;
}

std::vector<float> units_of(const Graph& student, const std::vector<ValueId>& variables) {
  std::vector<bool> is_logarithm(student.values.size(), false);
  for (const Node& node : student.nodes)
    if (node.op->name == "LearnedQuantize") is_logarithm[*node.inputs[1]] = true;
  std::vector<float> units;
  for (const ValueId id : variables) {
    const std::vector<double> values = student.constant(id).to_reals();
    double squares = 0.0;
    for (const double value : values) squares += value * value;
    const bool is_own = squares > 0.0 && !is_logarithm[*id];
    units.push_back(is_own ? static_cast<float>(std::sqrt(squares / static_cast<double>(values.size()))) : 1.0F);
  }
  return units;
}

bool lies_on_levels_of_4_bits(const Tensor& weights) {
  const std::vector<double> all = weights.to_reals();
  const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::vector<double> own;
    for (std::size_t i = channel; i < all.size(); i += channels) own.push_back(all[i]);
    if (!lie_on_levels(own, largest_weight_level_of_4_bits)) return false;
  }
  return true;
}

// Rounding to so few levels makes up to a third of dense weights 0.
bool was_thinned_out(const Tensor& weights) {
  const auto values = weights.as<float>();
  if (!has_kept_zeros(values)) return false;
  return 2 * std::ranges::count(values, 0.0F) > std::ssize(values) || !lies_on_levels_of_4_bits(weights);
}

// Of products, as their weights or as what is rounded to them.
std::vector<bool> keeps_zeros_of(const Graph& student, const std::vector<ValueId>& variables) {
  std::vector<bool> is_weight(student.values.size(), false), keeps;
  for (const Node& node : student.nodes) {
    if (is_core_product(node.op->name)) is_weight[*node.inputs[1]] = true;
    if (node.op->name == "LearnedQuantize") is_weight[*node.inputs[0]] = true;
  }
  for (const ValueId id : variables) {
    const Tensor values = student.constant(id);
    keeps.push_back(is_weight[*id] && values.shape.rank() > 1 && was_thinned_out(values));
  }
  return keeps;
}

// The loss and, fading, what the student does not tell of the teacher's features.
Term with_features(TermBuilder& builder, Distillation& parts, const DistillationOptions& options,
                   const std::vector<ValueId>& ids, Term loss) {
  std::vector<Term> untold;
  for (const Feature& feature : options.features)
    untold.push_back(untold_share(builder, parts.graph, feature, ids[*feature.pair.teacher], parts.variables));
  const Term weight = builder.scalar(options.feature_weight / static_cast<float>(untold.size()));
  parts.fading = weight.id;
  return loss + weight * mean(builder.apply("Sum", untold));
}

Diagnostic refused(Code code, std::string message, std::string help) {
  return {.code = code, .message = std::move(message), .help = {std::move(help)}};
}

}  // namespace

Result<Distillation> distillation(const Graph& student, const Graph& teacher, const DistillationOptions& options) {
  MOTE_TRY_STATUS(expect_same_types(student, student.inputs, teacher, teacher.inputs, "inputs"));
  MOTE_TRY_STATUS(expect_same_types(student, student.outputs, teacher, teacher.outputs, "outputs"));
  Distillation result{.graph = student, .variables = variables_of(student)};
  if (result.variables.empty())
    return refused(Code::unsupported_form, "the student has no weights that could be trained", "check --student");
  if (options.with_labels && student.outputs.size() != 1)
    return refused(Code::unsupported_form,
                   "labels are given, but the student has " + std::to_string(student.outputs.size()) + " outputs",
                   "leave the labels out");
  result.keeps_zeros = keeps_zeros_of(student, result.variables);
  Graph& graph = result.graph;
  const std::vector<ValueId> ids = add_teacher(graph, teacher);
  if (options.with_labels) {
    result.labels = graph.add_value("labels", graph.at(student.outputs[0]).type);
    graph.inputs.push_back(*result.labels);
  }
  TermBuilder builder(graph, {});
  std::vector<Term> losses;
  for (std::size_t i = 0; i < student.outputs.size(); ++i) {
    const ValueId own = student.outputs[i], other = ids[*teacher.outputs[i]];
    if (graph.at(own).type.dtype != DType::f32)
      return refused(Code::unsupported_type,
                     "output '" + graph.at(own).name + "' is " + type_text(graph.at(own).type) + ", expected f32",
                     "train the network in front of this output");
    const Pair pair = pair_of(graph, own, other);
    losses.push_back(is_classifier(pair, options) ? divergence(builder, pair, options, result.labels)
                                                  : difference(builder, own, other));
  }
  const Term loss = mean(builder.apply("Sum", losses));
  graph.outputs = {loss.id};
  if (!options.features.empty())
    graph.outputs.insert(graph.outputs.begin(), with_features(builder, result, options, ids, loss).id);
  result.keeps_zeros.resize(result.variables.size(), false);
  result.units = units_of(graph, result.variables);
  MOTE_TRY_STATUS(builder.status());
  return result;
}

void draw_initial_weights(Graph& student, std::uint64_t seed) {
  Rng rng(seed);
  for (const Node& node : student.nodes) {
    if (!is_core_product(node.op->name)) continue;
    Value& weights = student.at(node.inputs[1]);
    Tensor tensor = Tensor::zeros(DType::f32, weights.type.shape);
    const std::int64_t outputs = weights.type.shape[weights.type.shape.rank() - 1];
    const auto inputs = static_cast<float>(weights.type.shape.elements() / std::max<std::int64_t>(outputs, 1));
    const float bound = std::sqrt(6.0F / std::max(inputs, 1.0F));
    for (float& weight : tensor.as<float>()) weight = rng.real(-bound, bound);
    weights.data = std::make_shared<const Bytes>(std::move(tensor.bytes));
    if (node.inputs.size() < 3 || !node.inputs[2]) continue;
    Value& bias = student.at(node.inputs[2]);
    bias.data = std::make_shared<const Bytes>(Bytes(bias.data->size()));
  }
}

}  // namespace mote
