#pragma once
#include <optional>
#include <string>

#include "lib/exec/trainer.hpp"

namespace mote {

// A TrainingState as .npz, so that training that was stopped can go on: `counts` (epochs, steps, best epoch),
// `best_loss`, and by variable `<i>.values`, `.first`, `.second`, `.best`.
[[nodiscard]] Status write_training(const std::string& path, const TrainingState& state);

// Nothing where there is no such file; Code::bad_data for one that belongs to other variables.
[[nodiscard]] Result<std::optional<TrainingState>> read_training(const std::string& path,
                                                                 const TrainingProblem& problem);

}  // namespace mote
