#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/exec/held_out.hpp"
#include "lib/exec/host_program.hpp"
#include "lib/support/result.hpp"

namespace mote {

// What is trained: constants of a graph whose first output is a loss of one element, for one sample. The last output, a
// loss, too, judges what was learned; it may be the same.
struct TrainingProblem {
  Graph graph{};
  std::vector<ValueId> variables{};  // f32 constants
  std::vector<float> units{};        // by variable, what TrainingOptions::rate is a share of; empty: 1 each
  std::vector<bool> keeps_zeros{};   // by variable, whether elements that are 0 stay so; empty: none
  std::optional<ValueId> fading{};   // an f32 constant of one element that falls to 0 as training goes on, in a line
  std::int64_t samples = 0;
  // Writes the inputs of a sample into a program of `graph`. `draw` tells repetitions apart: the same sample, index and
  // draw are the same inputs; draw 0 is the sample as it is, others may be augmented. Called from several threads.
  std::function<Status(std::int64_t sample, std::uint64_t draw, HostProgram& program)> load{};
};

struct TrainingOptions {
  std::int64_t epochs = 50, batch = 32;
  double rate = 1e-3;         // of Adam, in units of each variable, after a short rise falling to 0 along half a cosine (Loshchilov & Hutter 2017)
  double held_out = usual_held_out;  // share of the samples that choose the epoch and are not trained on (held_out.hpp)
  std::int64_t patience = 0;  // epochs without progress on these after which training ends; 0: never
  std::uint64_t seed = 1;
};

// Losses are means over samples.
struct EpochReport {
  std::int64_t epoch = 0, epochs = 0;
  double trained = 0.0, held_out = 0.0, best = 0.0;
};
// What training knows between two epochs, so that it can go on later with the same result.
struct TrainingState {
  std::int64_t epochs_done = 0, steps_done = 0, best_epoch = -1;
  double best_loss = 0.0;
  std::vector<std::vector<float>> values{}, first_moments{}, second_moments{}, best{};  // by variable
};

// After every epoch; false ends training.
using TrainingObserver = std::function<bool(const EpochReport&, const TrainingState&)>;

// Adam (Kingma & Ba 2015) on minibatches, from `state` if it is not empty. The result depends on problem, options and
// kind of host alone. Its `best` are the variables of the epoch with the least loss on held-out samples, the beginning
// included.
[[nodiscard]] Result<TrainingState> train(const TrainingProblem& problem, const TrainingOptions& options,
                                          const TrainingObserver& observe, TrainingState state = {});

}  // namespace mote
