#pragma once
#include <chrono>

#include "lib/exec/trainer.hpp"

namespace mote {

// What training shows and listens to while it lives: on a terminal a line on stderr with losses and the time left, else
// one line per epoch at the verbose log level; and Ctrl-C, which ends training after the epoch that is under way. A
// second one ends the program.
class TrainingProgress {
 public:
  TrainingProgress();
  ~TrainingProgress();
  TrainingProgress(const TrainingProgress&) = delete;
  TrainingProgress& operator=(const TrainingProgress&) = delete;

  [[nodiscard]] bool show(const EpochReport& report);  // false once Ctrl-C was pressed
  [[nodiscard]] static bool interrupted();
  [[nodiscard]] double seconds() const;  // since the beginning

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::int64_t first_epoch_ = 0;
  bool terminal_ = false;
};

}  // namespace mote
