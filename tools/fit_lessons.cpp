#include "tools/fit_lessons.hpp"

#include <algorithm>

#include "tools/fit_report.hpp"
#include "tools/learned_samples.hpp"
#include "tools/learning_form.hpp"
#include "tools/training_progress.hpp"

namespace mote {
namespace {

// Levels are left by small steps, and what was learned in real numbers is near already.
constexpr double rate_with_levels = 1e-3;
constexpr std::int64_t share_with_levels = 4;

}  // namespace

Result<Graph> FitLessons::learned(Graph student, const TrainingOptions& training, DistillationOptions distillation) {
  TrainingProgress progress;
  const auto observe = [&](const EpochReport& report, const TrainingState&) {
    epochs_ = report.epoch;
    return progress.show(report);
  };
  distillation.with_labels = lessons_.labels.has_value();
  Result<Graph> result = distilled(std::move(student), teacher_, lessons_, distillation, training, observe);
  interrupted_ = TrainingProgress::interrupted();
  is_cut_short_ = interrupted_ && epochs_ < training.epochs;
  return result;
}

Result<Graph> FitLessons::taught(Graph student) { return learned(std::move(student), training_, {}); }

Result<Graph> FitLessons::taught_with_levels(Graph student, QuantizeOptions quantize, const Precisions& precisions) {
  quantize.samples = learned_samples(samples_, training_.held_out);
  quantize.cache = {};
  quantize.narrow = {"*"};
  quantize.wide = precisions.wide_activations;
  quantize.weights_of_4_bits = precisions.narrow_weights;
  MOTE_TRY(Graph marked, form_with_levels(std::move(student), quantize));
  TrainingOptions training = training_;
  training.epochs = std::max<std::int64_t>(training_.epochs / share_with_levels, 1);
  training.rate = std::min(rate_with_levels, training_.rate);
  training.batch = TrainingOptions{}.batch;
  return learned(std::move(marked), training, {.feature_weight = 0.0F});
}

std::string FitLessons::description() const {
  return counted(static_cast<std::size_t>(epochs_), "epoch") + (is_cut_short_ ? ", interrupted" : "");
}

}  // namespace mote
