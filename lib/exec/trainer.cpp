#include "lib/exec/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "lib/exec/gradient.hpp"
#include "lib/exec/held_out.hpp"
#include "lib/support/parallel.hpp"
#include "lib/support/rng.hpp"

namespace mote {
namespace {

using Vectors = std::vector<std::vector<float>>;

Vectors zeros_like(const Vectors& values) {
  Vectors zeros;
  for (const auto& value : values) zeros.emplace_back(value.size(), 0.0F);
  return zeros;
}

// One step of the moving averages and of the variables, with the bias of the first steps taken off.
class Adam {
 public:
  Adam(TrainingState& state, double rate) : state_(state) {
    const auto step = static_cast<double>(++state.steps_done);
    rate_ =
        static_cast<float>(rate * std::sqrt(1.0 - std::pow(second_decay, step)) / (1.0 - std::pow(first_decay, step)));
  }

  void move(std::size_t variable, float unit, bool keeps_zeros, std::span<const float> gradient) {
    auto& values = state_.values[variable];
    auto &first = state_.first_moments[variable], &second = state_.second_moments[variable];
    constexpr auto b1 = static_cast<float>(first_decay), b2 = static_cast<float>(second_decay);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (keeps_zeros && values[i] == 0.0F) continue;
      first[i] = b1 * first[i] + (1.0F - b1) * gradient[i];
      second[i] = b2 * second[i] + (1.0F - b2) * gradient[i] * gradient[i];
      values[i] -= unit * rate_ * first[i] / (std::sqrt(second[i]) + epsilon);
    }
  }

 private:
  static constexpr double first_decay = 0.9, second_decay = 0.999;
  static constexpr float epsilon = 1e-8F;
  TrainingState& state_;
  float rate_ = 0.0F;
};

// Programs that share the samples of a batch; sums of losses and gradients are kept by program, in a fixed order.
class Workers {
 public:
  Workers(const TrainingProblem& problem, const Graph& graph, ValueId loss, std::vector<ValueId> gradients)
      : problem_(problem),
        loss_(loss),
        programs_(working_threads, HostProgram(graph)),
        sums_(working_threads),
        gradients_(std::move(gradients)) {}

  void set(const Vectors& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      for (HostProgram& program : programs_)
        std::ranges::copy(values[i], program.tensor(problem_.variables[i]).as<float>().begin());
  }

  void fade(double share) {
    if (!problem_.fading) return;
    const float whole = problem_.graph.constant(*problem_.fading).as<float>()[0];
    for (HostProgram& program : programs_)
      program.tensor(*problem_.fading).as<float>()[0] = static_cast<float>(share) * whole;
  }

  // Means over the samples: the loss, and with `gradients` those of the variables.
  Result<double> run(std::span<const std::int64_t> samples, std::uint64_t draw, Vectors* gradients) {
    std::vector<double> losses(working_threads, 0.0);
    for (Vectors& sum : sums_) sum = gradients != nullptr ? zeros_like(*gradients) : Vectors{};
    MOTE_TRY_STATUS(try_for_each_in_parallel(samples.size(), [&](std::size_t thread, std::size_t i) -> Status {
      HostProgram& program = programs_[thread];
      MOTE_TRY_STATUS(problem_.load(samples[i], draw, program));
      program.run();
      losses[thread] += static_cast<double>(program.tensor(loss_).as<float>()[0]);
      if (gradients != nullptr) add_gradients(program, sums_[thread]);
      return Ok{};
    }));
    const double count = static_cast<double>(samples.size());
    if (gradients != nullptr) average(static_cast<float>(1.0 / count), *gradients);
    return std::accumulate(losses.begin(), losses.end(), 0.0) / count;
  }

 private:
  void add_gradients(const HostProgram& program, Vectors& sums) const {
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      const auto gradient = program.tensor(gradients_[i]).as<float>();
      for (std::size_t j = 0; j < gradient.size(); ++j) sums[i][j] += gradient[j];
    }
  }

  void average(float factor, Vectors& gradients) const {
    for (std::size_t i = 0; i < gradients.size(); ++i)
      for (std::size_t j = 0; j < gradients[i].size(); ++j) {
        float sum = 0.0F;
        for (const Vectors& part : sums_) sum += part[i][j];
        gradients[i][j] = factor * sum;
      }
  }

  const TrainingProblem& problem_;
  ValueId loss_;
  std::vector<HostProgram> programs_;
  std::vector<Vectors> sums_;
  std::vector<ValueId> gradients_;
};

// The same for a seed, a round and a count on every machine (Fisher & Yates).
std::vector<std::int64_t> shuffled(std::vector<std::int64_t> samples, std::uint64_t seed) {
  Rng rng(seed);
  for (std::size_t i = samples.size(); i > 1; --i)
    std::swap(samples[i - 1], samples[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(i) - 1))]);
  return samples;
}

struct Split {
  std::vector<std::int64_t> trained{}, held_out{};
};

// A single sample is on both sides.
Split split_of(std::int64_t samples, double share) {
  if (samples == 1) return {{0}, {0}};
  const std::vector<bool> held_out = held_out_of(samples, share);
  Split split;
  for (std::int64_t i = 0; i < samples; ++i)
    (held_out[static_cast<std::size_t>(i)] ? split.held_out : split.trained).push_back(i);
  return split;
}

TrainingState beginning(const TrainingProblem& problem) {
  TrainingState state;
  for (const ValueId id : problem.variables) {
    const Tensor tensor = problem.graph.constant(id);
    state.values.emplace_back(tensor.as<float>().begin(), tensor.as<float>().end());
  }
  state.first_moments = state.second_moments = zeros_like(state.values);
  return state;
}

std::vector<ValueId> last_outputs(const Graph& graph, std::size_t count) {
  return {graph.outputs.end() - static_cast<std::ptrdiff_t>(count), graph.outputs.end()};
}

// The graph without nodes that this value does not depend on.
Graph needed_by(ValueId output, Graph graph) {
  std::vector<bool> needed(graph.values.size(), false);
  needed[*output] = true;
  std::vector<Node> nodes;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (std::ranges::none_of(node->outputs, [&](ValueId id) { return id && needed[*id]; })) continue;
    for (const ValueId id : node->inputs)
      if (id) needed[*id] = true;
    nodes.push_back(std::move(*node));
  }
  std::ranges::reverse(nodes);
  graph.nodes = std::move(nodes);
  graph.outputs = {output};
  return graph;
}

// Adam's first steps are whole ones whatever the gradients are, before it knows how much these differ: they grow over
// the first twentieth. Then half a cosine.
double schedule(double step, double steps) {
  const double progress = std::min(step / steps, 1.0), begun = std::min(20.0 * (step + 1.0) / steps, 1.0);
  return begun * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

class Training {
 public:
  Training(const TrainingProblem& problem, const TrainingOptions& options, const Graph& with_gradients)
      : options_(options),
        units_(problem.units),
        keeps_zeros_(problem.keeps_zeros),
        split_(split_of(problem.samples, options.held_out)),
        learners_(problem, with_gradients, problem.graph.outputs.front(),
                  last_outputs(with_gradients, problem.variables.size())),
        judges_(problem, needed_by(problem.graph.outputs.back(), problem.graph), problem.graph.outputs.back(), {}) {}

  Status run(TrainingState& state, const TrainingObserver& observe) {
    if (state.best.empty()) MOTE_TRY_STATUS(judge(state));
    while (state.epochs_done < options_.epochs) {
      MOTE_TRY(const double trained, run_epoch(state));
      ++state.epochs_done;
      MOTE_TRY_STATUS(judge(state));
      const EpochReport report{.epoch = state.epochs_done,
                               .epochs = options_.epochs,
                               .trained = trained,
                               .held_out = held_out_loss_,
                               .best = state.best_loss};
      const bool goes_on = observe(report, state);
      const bool impatient = options_.patience > 0 && state.epochs_done - state.best_epoch >= options_.patience;
      if (!goes_on || impatient) break;
    }
    return Ok{};
  }

 private:
  Result<double> run_epoch(TrainingState& state) {
    const auto draw = static_cast<std::uint64_t>(state.epochs_done) + 1;
    const std::vector<std::int64_t> order = shuffled(split_.trained, options_.seed + draw);
    const std::span<const std::int64_t> all(order);
    const auto batch = static_cast<std::size_t>(options_.batch);
    const double steps = std::ceil(static_cast<double>(order.size()) / static_cast<double>(batch)) *
                         static_cast<double>(options_.epochs);
    Vectors gradients = zeros_like(state.values);
    double loss = 0.0;
    for (std::size_t first = 0; first < all.size(); first += batch) {
      const auto part = all.subspan(first, std::min(batch, all.size() - first));
      learners_.set(state.values);
      learners_.fade(std::max(0.0, 1.0 - static_cast<double>(state.steps_done) / steps));
      MOTE_TRY(const double mean, learners_.run(part, draw, &gradients));
      loss += mean * static_cast<double>(part.size());
      Adam adam(state, options_.rate * schedule(static_cast<double>(state.steps_done), steps));
      for (std::size_t i = 0; i < gradients.size(); ++i)
        adam.move(i, units_.empty() ? 1.0F : units_[i], !keeps_zeros_.empty() && keeps_zeros_[i], gradients[i]);
    }
    return loss / static_cast<double>(all.size());
  }

  Status judge(TrainingState& state) {
    judges_.set(state.values);
    MOTE_TRY(held_out_loss_, judges_.run(split_.held_out, 0, nullptr));
    if (!state.best.empty() && !(held_out_loss_ < state.best_loss)) return Ok{};
    state.best = state.values;
    state.best_loss = held_out_loss_;
    state.best_epoch = state.epochs_done;
    return Ok{};
  }

  const TrainingOptions& options_;
  const std::vector<float>& units_;
  const std::vector<bool>& keeps_zeros_;
  Split split_;
  Workers learners_, judges_;
  double held_out_loss_ = 0.0;
};

}  // namespace

Result<TrainingState> train(const TrainingProblem& problem, const TrainingOptions& options,
                            const TrainingObserver& observe, TrainingState state) {
  MOTE_CHECK(problem.samples > 0 && !problem.variables.empty() && options.batch > 0);
  MOTE_CHECK(problem.units.empty() || problem.units.size() == problem.variables.size());
  MOTE_CHECK(problem.keeps_zeros.empty() || problem.keeps_zeros.size() == problem.variables.size());
  MOTE_TRY(const Graph with_gradients, differentiate(problem.graph, problem.graph.outputs.front(), problem.variables));
  if (state.values.empty()) state = beginning(problem);
  Training training(problem, options, with_gradients);
  MOTE_TRY_STATUS(training.run(state, observe));
  return state;
}

}  // namespace mote
