// mote distill --teacher big.onnx --student small.onnx --calibration x.npy -o student.onnx
#include <algorithm>
#include <iterator>
#include <memory>

#include "codegen/literals.hpp"
#include "lib/data/summary.hpp"
#include "lib/export/onnx_export.hpp"
#include "lib/support/log.hpp"
#include "lib/support/text.hpp"
#include "tools/command.hpp"
#include "tools/data_options.hpp"
#include "tools/distilling.hpp"
#include "tools/file_tree.hpp"
#include "tools/learned_samples.hpp"
#include "tools/learning_form.hpp"
#include "tools/model_options.hpp"
#include "tools/pipeline_options.hpp"
#include "tools/quantize_options.hpp"
#include "tools/training_file.hpp"
#include "tools/training_progress.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions student{};
  std::string teacher{}, output{}, labels{}, loss = "auto", initial = "given", checkpoint{};
  DataOptions data{};
  QuantizationOptions quantization{};
  DistillationOptions distillation{};
  TrainingOptions training{};
  bool no_augmentation = false, has_feature_weight = false;
};

// The student at the beginning.
Result<Graph> prepared_student(const Options& options, const std::string& config, Graph graph, Diagnostics& notes) {
  if (options.quantization.quantize.empty()) {
    MOTE_TRY(Graph student, real_form(std::move(graph)));
    if (options.initial == "random") draw_initial_weights(student, options.training.seed);
    return student;
  }
  if (options.initial == "random")
    return Diagnostic{.code = Code::usage,
                      .message = "--quantize needs a network that is trained already, --initial is random",
                      .help = {"distill without --quantize first, then quantize the result"}};
  Diagnostics seen;  // what is wrong with the samples is said once, when they are loaded
  QuantizationOptions quantization = options.quantization;
  quantization.calibration = options.data;
  MOTE_TRY(auto quantize, load_quantization(quantization, config, graph, seen));
  quantize->samples = learned_samples(quantize->samples, options.training.held_out);
  MOTE_TRY(Graph student, form_with_levels(std::move(graph), *quantize));
  std::ranges::copy(quantize->report->notes, std::back_inserter(notes));
  return student;
}

struct Lessons {
  TrainingSamples samples;
  std::string shown{};  // what is shown and how, for checkpoints
};

std::string how_shown(const TrainingSamples& samples) {
  std::string text = samples.augmentations.empty() ? "as they are" : samples.always_mixed ? "always mixed" : "mixed";
  if (!samples.labels) return text;
  text += ", labels";
  for (const std::int64_t label : samples.labels->classes) text += " " + std::to_string(label);
  return text;
}

Result<Lessons> load_samples(const Options& options, const std::string& config, const Graph& graph,
                             Diagnostics& notes) {
  MOTE_TRY(DataSet set, open_data(options.data, config, graph));
  MOTE_TRY(const DataSummary summary, summarize(set));
  for (Diagnostic& warning : warnings(set, summary)) notes.push_back(std::move(warning));
  TrainingSamples samples = lessons_from(std::move(set), graph);
  samples.always_mixed = options.initial != "random" && options.quantization.quantize.empty();
  if (options.no_augmentation) samples.augmentations.clear();
  if (!options.labels.empty()) {
    MOTE_TRY(samples.labels, read_labels(options.labels, samples.set, Task::classification));
  }
  std::string shown = summary.sha256 + " " + how_shown(samples);
  return Lessons{.samples = std::move(samples), .shown = std::move(shown)};
}

DistillationLoss loss_named(const std::string& name) {
  if (name == "kl") return DistillationLoss::divergence;
  return name == "mse" ? DistillationLoss::difference : DistillationLoss::automatic;
}

struct Trained {
  TrainingState state{};
  double seconds = 0.0;
  bool interrupted = false;
};

// Every so many seconds, so that little is lost whatever happens.
constexpr double seconds_between_checkpoints = 30.0;

Result<Trained> train_student(const TrainingProblem& problem, const Options& options, const std::string& lesson) {
  TrainingState state;
  if (!options.checkpoint.empty()) {
    MOTE_TRY(auto stored, read_training(options.checkpoint, lesson, problem));
    if (stored) state = *std::move(stored);
  }
  TrainingProgress progress;
  Trained result;
  double saved = 0.0;
  const auto observe = [&](const EpochReport& report, const TrainingState& now) {
    if (!options.checkpoint.empty() && progress.seconds() - saved > seconds_between_checkpoints) {
      if (const Status written = write_training(options.checkpoint, lesson, now); !written)
        log_step(options.checkpoint + ": " + written.error().message + "; training goes on without a checkpoint");
      saved = progress.seconds();
    }
    return progress.show(report);
  };
  MOTE_TRY(result.state, train(problem, options.training, observe, std::move(state)));
  result.seconds = progress.seconds();
  result.interrupted = TrainingProgress::interrupted();
  return result;
}

// A network that knows something already forgets it at the rate at which an ignorant one learns, and makes more of many
// small steps; levels are left by still smaller ones. Layers that know nothing yet have nothing to hold on to.
void suit_pace(Options& options) {
  TrainingOptions& training = options.training;
  const bool is_given = options.initial != "random", has_levels = !options.quantization.quantize.empty();
  if (training.batch == 0) training.batch = is_given && !has_levels ? recovery_batch : TrainingOptions{}.batch;
  if (!options.has_feature_weight && !is_given) options.distillation.feature_weight = 0.0F;
  if (training.rate > 0.0) return;
  training.rate = is_given ? recovery_rate : 1e-1;
  if (has_levels) training.rate = 1e-3;
}

Result<Report> run(Options options, const std::string& config) {
  MOTE_TRY_STATUS(expect_writable(options.output));
  if (!options.checkpoint.empty()) MOTE_TRY_STATUS(expect_writable(options.checkpoint));
  ModelOptions teacher_options = options.student;
  teacher_options.model = options.teacher;
  MOTE_TRY(ImportedModel teacher_model, load_model(teacher_options));
  MOTE_TRY(ImportedModel student_model, load_model(options.student));
  Diagnostics notes = student_model.notes;
  MOTE_TRY(const Graph teacher, real_form(std::move(teacher_model.graph)));
  MOTE_TRY(Graph student, prepared_student(options, config, std::move(student_model.graph), notes));
  MOTE_TRY(const Lessons lessons, load_samples(options, config, student, notes));
  options.distillation.loss = loss_named(options.loss);
  suit_pace(options);
  MOTE_TRY(const Distilling distilling, Distilling::begin(std::move(student), teacher, lessons.samples,
                                                          options.distillation, options.training.held_out));
  const TrainingProblem problem = distilling.problem(options.training.seed);
  const std::string lesson = lesson_of(problem, options.training, lessons.shown);
  MOTE_TRY(const Trained trained, train_student(problem, options, lesson));
  const TrainingState& state = trained.state;
  MOTE_TRY(const ExportedModel exported, export_onnx(distilling.student(state)));
  MOTE_TRY_STATUS(write_file(options.output, exported.bytes));
  if (!options.checkpoint.empty()) MOTE_TRY_STATUS(write_training(options.checkpoint, lesson, state));
  const std::string ending = trained.interrupted ? ", interrupted" : "";
  return Report{.text = options.output + ": " + std::to_string(state.epochs_done) + " epochs over " +
                        std::to_string(lessons.samples.set.size()) + " samples" + ending +
                        ", loss on held-out samples " + number_text(static_cast<float>(state.best_loss)) +
                        " after epoch " + std::to_string(state.best_epoch) + ", " +
                        with_thousands(static_cast<std::int64_t>(exported.bytes.size())) + " B\n",
                .json = {{"output", options.output},
                         {"epochs", state.epochs_done},
                         {"best_epoch", state.best_epoch},
                         {"loss", state.best_loss},
                         {"interrupted", trained.interrupted},
                         {"seconds", trained.seconds},
                         {"bytes", exported.bytes.size()}},
                .notes = notes};
}

void add_training_options(CLI::App& app, TrainingOptions& options) {
  app.add_option("--epochs", options.epochs, "passes over the samples")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  options.batch = 0;
  app.add_option("--batch", options.batch, "samples per step (default: 8 from given weights, else 32)")
      ->check(CLI::Range(1, 65536));
  options.rate = 0.0;
  app.add_option("--rate", options.rate,
                 "learning rate of Adam at the beginning, as a share of the weights of each layer; it falls to 0 along a "
                 "cosine (default: 0.1 from random weights, 0.004 from given ones, 0.001 with --quantize)")
      ->check(CLI::Range(1e-9, 10.0));
  app.add_option("--held-out", options.held_out,
                 "share of the samples that choose the best epoch and are not trained on")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--patience", options.patience, "epochs without progress after which training ends; 0: never")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of everything that is drawn at random")->capture_default_str();
}

}  // namespace

Command add_distill(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app =
      root.add_subcommand("distill", "train a network to give what another one gives, on unlabelled samples");
  app->add_option("--teacher", options->teacher, "the model that is imitated, .onnx")->required();
  app->add_option("--student", options->student.model, "the model that learns, .onnx or .mir")->required();
  app->add_flag("--allow-external-data", options->student.allow_external_data, "read tensors stored beside the models");
  add_data_options(*app, "--calibration", "typical inputs, unlabelled", options->data);
  app->get_option("--calibration")->required();
  app->add_option("--labels", options->labels, "the class of every sample, which the student then learns, too");
  app->add_option("--label-share", options->distillation.label_share, "how much of the loss is about labels")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app->add_option("--loss", options->loss, "kl: of probabilities, mse: of numbers, auto: what the outputs are")
      ->check(CLI::IsMember({"auto", "kl", "mse"}))
      ->capture_default_str();
  app->add_option("--temperature", options->distillation.temperature, "by which scores are divided before the softmax")
      ->check(CLI::Range(0.1, 100.0))
      ->capture_default_str();
  CLI::Option* features =
      app->add_option("--features", options->distillation.feature_weight,
                      "how much of the loss is at first about what layers give on the way to the outputs, falling to "
                      "0; 0: outputs "
                      "alone (default: 5 from given weights, 0 from random ones and with --quantize)")
          ->check(CLI::Range(0.0, 1e6));
  app->add_option("--initial", options->initial, "the weights that the student begins with: its own, or random ones")
      ->check(CLI::IsMember({"given", "random"}))
      ->capture_default_str();
  CLI::Option* quantize = app->add_option("--quantize", options->quantization.quantize,
                                          "int8: the student learns with rounded weights and activations and the steps "
                                          "between their levels, and is written with them (QDQ)")
                              ->check(CLI::IsMember({"int8"}))
                              ->excludes(features);
  add_weight_options(*app, options->quantization);
  for (const char* of_weights : {"--weights", "--int4-weights", "--int8-weights"}) app->get_option(of_weights)->needs(quantize);
  app->add_flag("--no-augmentation", options->no_augmentation,
                "show the samples as they are, neither moved, mixed nor noisy");
  add_training_options(*app, options->training);
  app->add_option("--checkpoint", options->checkpoint,
                  "a .npz that keeps the state; if it exists, training goes on from there");
  app->add_option("-o,--output", options->output, "the .onnx file to write")->required();
  return {app, [options, &root, app] {
            options->has_feature_weight = app->count("--features") > 0;
            return run(*options, config_file(root));
          }};
}

}  // namespace mote
