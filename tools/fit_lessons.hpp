#pragma once
#include "passes/fit/footprint.hpp"
#include "tools/distilling.hpp"

namespace mote {

// What smaller networks of a fit learn from the model itself, of all of them the same.
class FitLessons {
 public:
  // `teacher`: the model at Stage::fused. `samples` are those of the lessons, for ranges and weights on levels. All of
  // it must outlive the lessons.
  FitLessons(const TrainingSamples& lessons, const TrainingOptions& training, const CalibrationSamples& samples,
             const Graph& teacher)
      : lessons_(lessons), training_(training), samples_(samples), teacher_(teacher) {}

  // In real numbers, from a student at Stage::fused.
  [[nodiscard]] Result<Graph> taught(Graph student);
  // With the rounding of `precisions`: the student, as imported, comes back with the steps between levels that it has
  // learned, and weights that lie on them.
  [[nodiscard]] Result<Graph> taught_with_levels(Graph student, QuantizeOptions quantize, const Precisions& precisions);

  // By Ctrl-C in the last of them, in whichever epoch; it came to the best so far.
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  // "60 epochs, interrupted": the last one.
  [[nodiscard]] std::string description() const;

 private:
  [[nodiscard]] Result<Graph> learned(Graph student, const TrainingOptions& training, DistillationOptions distillation);

  const TrainingSamples& lessons_;
  const TrainingOptions& training_;
  const CalibrationSamples& samples_;
  const Graph& teacher_;
  std::int64_t epochs_ = 0;                          // of the last one
  bool interrupted_ = false, is_cut_short_ = false;  // not so in its last epoch
};

}  // namespace mote
