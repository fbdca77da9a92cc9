#pragma once
#include <optional>
#include <string>

#include "lib/exec/trainer.hpp"

namespace mote {

// A TrainingState as .npz, so that training that was stopped can go on: `counts` (epochs, steps, best epoch),
// `best_loss`, by variable `<i>.values`, `.first`, `.second`, `.best`, and in `problem` a hash of what is trained.
[[nodiscard]] Status write_training(const std::string& path, const TrainingProblem& problem, std::uint64_t seed,
                                    const TrainingState& state);

// Nothing where there is no such file; Code::bad_data for one of another problem or seed.
[[nodiscard]] Result<std::optional<TrainingState>> read_training(const std::string& path, const TrainingProblem& problem,
                                                                 std::uint64_t seed);

}  // namespace mote
