#include "tools/distilling.hpp"

#include <algorithm>

#include "passes/distill/learned_levels.hpp"

namespace mote {
namespace {

Status check_labels(const Labels& labels, const TensorType& scores) {
  const std::int64_t classes = scores.shape.elements();
  for (const std::int64_t label : labels.classes)
    if (label >= classes)
      return bad_data(
          "", "label " + std::to_string(label) + " is beyond the student's " + std::to_string(classes) + " scores",
          "classes count from 0");
  return Ok{};
}

// By up to a half.
struct Mixing {
  std::int64_t other = 0;
  float share = 0.0F;
};
Mixing draw_mixing(Rng& rng, const TrainingSamples& samples) {
  const bool mixed = samples.always_mixed || !rng.chance(4);
  const std::int64_t other = rng.integer(0, samples.set.size() - 1);
  return {.other = other, .share = mixed ? rng.real(0.0F, 0.5F) : 0.0F};
}

void write_label(const Labels& labels, std::int64_t sample, const Mixing& mixing, Tensor& shares) {
  const auto scores = shares.as<float>();
  std::ranges::fill(scores, 0.0F);
  const auto class_at = [&](std::int64_t row) {
    return static_cast<std::size_t>(labels.classes[static_cast<std::size_t>(row)]);
  };
  scores[class_at(sample)] += 1.0F - mixing.share;
  scores[class_at(mixing.other)] += mixing.share;
}

Status load_sample(const TrainingSamples& samples, std::span<const ValueId> ids, std::optional<ValueId> labels,
                   std::uint64_t seed, std::int64_t sample, std::uint64_t draw, HostProgram& program) {
  MOTE_TRY(std::vector<Tensor> inputs, samples.set.sample(sample));
  Mixing mixing{.other = sample};
  if (draw != 0 && !samples.augmentations.empty()) {
    Rng rng(seed ^ (draw << 32U) ^ static_cast<std::uint64_t>(sample));
    mixing = draw_mixing(rng, samples);
    std::vector<Tensor> others;
    if (mixing.share > 0.0F) { MOTE_TRY(others, samples.set.sample(mixing.other)); }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!others.empty()) mix(inputs[i], others[i], mixing.share);
      augment(inputs[i], samples.augmentations[i], rng);
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) program.tensor(ids[i]) = std::move(inputs[i]);
  if (labels) write_label(*samples.labels, sample, mixing, program.tensor(*labels));
  return Ok{};
}

bool has_levels(const Graph& learner) {
  return std::ranges::any_of(learner.nodes, [](const Node& node) { return node.op->name == "LearnedQuantize"; });
}

constexpr std::int64_t most_samples_for_features = 256;

// Of samples that are not held out.
Result<std::vector<Feature>> learned_features(const Graph& student, const Graph& teacher, const DataSet& set,
                                              double held_out_share) {
  const std::vector<bool> held_out = held_out_of(set.size(), held_out_share);
  std::vector<std::int64_t> seen;
  for (std::int64_t i = 0; i < set.size() && std::ssize(seen) < most_samples_for_features; ++i)
    if (!held_out[static_cast<std::size_t>(i)]) seen.push_back(i);
  return fit_features(student, teacher, feature_pairs(student, teacher), std::ssize(seen),
                      [&](std::int64_t i) { return set.sample(seen[static_cast<std::size_t>(i)]); });
}

}  // namespace

TrainingSamples lessons_from(DataSet set, const Graph& graph) {
  TrainingSamples lessons{.set = std::move(set)};
  for (const ValueId id : graph.inputs) lessons.augmentations.push_back(suited_augmentation(graph.at(id).type));
  return lessons;
}

Result<Distilling> Distilling::begin(Graph student, const Graph& teacher, const TrainingSamples& samples,
                                     DistillationOptions options, double held_out) {
  options.with_labels = samples.labels.has_value();
  Graph learner = with_learned_levels(student);
  if (options.with_labels) options.feature_weight *= 1.0F - options.label_share;
  if (has_levels(learner)) options.feature_weight = 0.0F;
  if (options.feature_weight > 0.0F) {
    MOTE_TRY(options.features, learned_features(learner, teacher, samples.set, held_out));
  }
  MOTE_TRY(Distillation parts, distillation(learner, teacher, options));
  if (samples.labels) MOTE_TRY_STATUS(check_labels(*samples.labels, parts.graph.at(*parts.labels).type));
  return Distilling(std::move(student), std::move(learner), std::move(parts), samples);
}

TrainingProblem Distilling::problem(std::uint64_t seed) const {
  const std::vector<ValueId> inputs = student_.inputs;
  return {.graph = parts_.graph,
          .variables = parts_.variables,
          .units = parts_.units,
          .keeps_zeros = parts_.keeps_zeros,
          .fading = parts_.fading,
          .samples = samples_->set.size(),
          .load = [samples = samples_, inputs, labels = parts_.labels, seed](std::int64_t sample, std::uint64_t draw,
                                                                             HostProgram& program) {
            return load_sample(*samples, inputs, labels, seed, sample, draw, program);
          }};
}

Graph Distilling::student(const TrainingState& state) const {
  Graph learned = learner_;
  for (std::size_t i = 0; i < parts_.variables.size() && *parts_.variables[i] < learned.values.size(); ++i) {
    const auto bytes = std::as_bytes(std::span(state.best[i]));
    learned.at(parts_.variables[i]).data = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
  }
  return with_trained_levels(student_, learned);
}

Result<Graph> distilled(Graph student, const Graph& teacher, const TrainingSamples& samples,
                        const DistillationOptions& options, const TrainingOptions& training,
                        const TrainingObserver& observe) {
  MOTE_TRY(const Distilling distilling,
           Distilling::begin(std::move(student), teacher, samples, options, training.held_out));
  MOTE_TRY(const TrainingState state, train(distilling.problem(training.seed), training, observe));
  return distilling.student(state);
}

}  // namespace mote
