#pragma once
#include <optional>
#include <string>

#include "lib/exec/trainer.hpp"

namespace mote {

// A TrainingState as .npz, so that training that was stopped can go on: `counts` (epochs, steps, best epoch),
// `best_loss`, by variable `<i>.values`, `.first`, `.second`, `.best`, and in `lesson` what was trained on what.
[[nodiscard]] Status write_training(const std::string& path, const std::string& lesson, const TrainingState& state);

// Nothing where there is no such file; Code::bad_data for one of another lesson, and for what no training leaves
// behind.
[[nodiscard]] Result<std::optional<TrainingState>> read_training(const std::string& path, const std::string& lesson,
                                                                 const TrainingProblem& problem);

// What a state means, as a hash: all that is computed, what is drawn, who judges, and what is `shown`.
[[nodiscard]] std::string lesson_of(const TrainingProblem& problem, const TrainingOptions& options,
                                    const std::string& shown);

}  // namespace mote
