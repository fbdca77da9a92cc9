// mote distill --teacher big.onnx --student small.onnx --calibration x.npy -o student.onnx
#include <algorithm>
#include <iterator>
#include <memory>

#include "codegen/literals.hpp"
#include "lib/data/augment.hpp"
#include "lib/data/labels.hpp"
#include "lib/data/summary.hpp"
#include "lib/export/onnx_export.hpp"
#include "lib/support/text.hpp"
#include "passes/distill/distillation.hpp"
#include "passes/distill/weight_levels.hpp"
#include "tools/command.hpp"
#include "tools/data_options.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/pipeline_options.hpp"
#include "tools/quantize_options.hpp"
#include "tools/training_file.hpp"
#include "tools/training_progress.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions student{};
  std::string teacher{}, output{}, labels{}, loss = "auto", initial = "given", checkpoint{}, quantize{};
  DataOptions data{};
  DistillationOptions distillation{};
  TrainingOptions training{};
  bool no_augmentation = false;
};

// As it will run, all arithmetic in real numbers; with `quantize` the values between layers marked and on their levels.
Result<Graph> prepared(Graph graph, const QuantizeOptions* quantize = nullptr) {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, quantize != nullptr ? "fit-weights" : "equalize", &Pass::name);
  MOTE_CHECK(end != all.end());
  const Target target{};  // no pass before the plan looks at it
  return run_passes(all.first(static_cast<std::size_t>(end - all.begin())), std::move(graph),
                    {.target = target, .quantize = quantize});
}

// The student at the beginning.
Result<Graph> prepared_student(const Options& options, const std::string& config, Graph graph, Diagnostics& notes) {
  if (options.quantize.empty()) {
    MOTE_TRY(Graph student, prepared(std::move(graph)));
    if (options.initial == "random") draw_initial_weights(student, options.training.seed);
    return student;
  }
  if (options.initial == "random")
    return Diagnostic{.code = Code::usage,
                      .message = "--quantize needs a network that is trained already, --initial is random",
                      .help = {"distill without --quantize first, then quantize the result"}};
  Diagnostics seen;  // what is wrong with the samples is said once, when they are loaded
  const QuantizationOptions quantization{.quantize = options.quantize, .calibration = options.data};
  MOTE_TRY(const auto quantize, load_quantization(quantization, config, graph, seen));
  MOTE_TRY(Graph student, prepared(std::move(graph), &*quantize));
  std::ranges::copy(quantize->report->notes, std::back_inserter(notes));
  return student;
}

struct Samples {
  DataSet set;
  std::optional<Labels> labels{};
  std::vector<Augmentation> augmentations{};  // by input; empty without
};

Result<Samples> load_samples(const Options& options, const std::string& config, const Graph& graph,
                             Diagnostics& notes) {
  MOTE_TRY(DataSet set, open_data(options.data, config, graph));
  MOTE_TRY(const DataSummary summary, summarize(set));
  for (Diagnostic& warning : warnings(set, summary)) notes.push_back(std::move(warning));
  Samples samples{.set = std::move(set)};
  if (!options.labels.empty()) {
    MOTE_TRY(samples.labels, read_labels(options.labels, samples.set, Task::classification));
  }
  if (!options.no_augmentation)
    for (const ValueId id : graph.inputs) samples.augmentations.push_back(suited_augmentation(graph.at(id).type));
  return samples;
}

Status check_labels(const Labels& labels, const TensorType& scores) {
  const std::int64_t classes = scores.shape.elements();
  for (const std::int64_t label : labels.classes)
    if (label >= classes)
      return bad_data(
          "", "label " + std::to_string(label) + " is beyond the student's " + std::to_string(classes) + " scores",
          "classes count from 0");
  return Ok{};
}

// One in two samples is mixed with another, by up to a half.
struct Mixing {
  std::int64_t other = 0;
  float share = 0.0F;
};
Mixing draw_mixing(Rng& rng, std::int64_t samples) {
  const bool mixed = rng.chance(2);
  return {.other = rng.integer(0, samples - 1), .share = mixed ? rng.real(0.0F, 0.5F) : 0.0F};
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

Status load_sample(const Samples& samples, const Distillation& distillation, std::uint64_t seed, std::int64_t sample,
                   std::uint64_t draw, HostProgram& program) {
  MOTE_TRY(std::vector<Tensor> inputs, samples.set.sample(sample));
  Mixing mixing{.other = sample};
  if (draw != 0 && !samples.augmentations.empty()) {
    Rng rng(seed ^ (draw << 32U) ^ static_cast<std::uint64_t>(sample));
    mixing = draw_mixing(rng, samples.set.size());
    std::vector<Tensor> others;
    if (mixing.share > 0.0F) { MOTE_TRY(others, samples.set.sample(mixing.other)); }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!others.empty()) mix(inputs[i], others[i], mixing.share);
      augment(inputs[i], samples.augmentations[i], rng);
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) program.tensor(distillation.graph.inputs[i]) = std::move(inputs[i]);
  if (distillation.labels) write_label(*samples.labels, sample, mixing, program.tensor(*distillation.labels));
  return Ok{};
}

DistillationLoss loss_named(const std::string& name) {
  if (name == "kl") return DistillationLoss::divergence;
  return name == "mse" ? DistillationLoss::difference : DistillationLoss::automatic;
}

Graph with_constants(Graph graph, const std::vector<ValueId>& variables,
                     const std::vector<std::vector<float>>& values) {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto bytes = std::as_bytes(std::span(values[i]));
    graph.at(variables[i]).data = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
  }
  return graph;
}

struct Trained {
  TrainingState state{};
  double seconds = 0.0;
  bool interrupted = false;
};

Result<Trained> train_student(const TrainingProblem& problem, const Options& options) {
  TrainingState state;
  if (!options.checkpoint.empty()) {
    MOTE_TRY(auto stored, read_training(options.checkpoint, problem));
    if (stored) state = *std::move(stored);
  }
  TrainingProgress progress;
  Trained result;
  const auto observe = [&](const EpochReport& report) { return progress.show(report); };
  MOTE_TRY(result.state, train(problem, options.training, observe, std::move(state)));
  if (!options.checkpoint.empty()) MOTE_TRY_STATUS(write_training(options.checkpoint, result.state));
  result.seconds = progress.seconds();
  result.interrupted = TrainingProgress::interrupted();
  return result;
}

Result<Report> run(Options options, const std::string& config) {
  ModelOptions teacher_options = options.student;
  teacher_options.model = options.teacher;
  MOTE_TRY(ImportedModel teacher_model, load_model(teacher_options));
  MOTE_TRY(ImportedModel student_model, load_model(options.student));
  Diagnostics notes = student_model.notes;
  MOTE_TRY(const Graph teacher, prepared(std::move(teacher_model.graph)));
  MOTE_TRY(Graph student, prepared_student(options, config, std::move(student_model.graph), notes));
  MOTE_TRY(const Samples samples, load_samples(options, config, student, notes));
  options.distillation.loss = loss_named(options.loss);
  options.distillation.with_labels = samples.labels.has_value();
  MOTE_TRY(const Distillation parts, distillation(student, teacher, options.distillation));
  if (samples.labels) MOTE_TRY_STATUS(check_labels(*samples.labels, parts.graph.at(*parts.labels).type));
  const std::vector<std::int64_t> channels = integer_weight_channels(student, parts.variables);
  const auto project = [&](std::size_t variable, std::span<float> values) {
    if (channels[variable] > 0) round_to_weight_levels(values, channels[variable]);
  };
  const TrainingProblem problem{.graph = parts.graph,
                                .variables = parts.variables,
                                .project = project,
                                .samples = samples.set.size(),
                                .load = [&](std::int64_t sample, std::uint64_t draw, HostProgram& program) {
                                  return load_sample(samples, parts, options.training.seed, sample, draw, program);
                                }};
  MOTE_TRY(Trained trained, train_student(problem, options));
  TrainingState& state = trained.state;
  for (std::size_t i = 0; i < state.best.size(); ++i) project(i, state.best[i]);
  MOTE_TRY(const ExportedModel exported, export_onnx(with_constants(std::move(student), parts.variables, state.best)));
  MOTE_TRY_STATUS(write_file(options.output, exported.bytes));
  const std::string ending = trained.interrupted ? ", interrupted" : "";
  return Report{.text = options.output + ": " + std::to_string(state.epochs_done) + " epochs over " +
                        std::to_string(samples.set.size()) + " samples" + ending + ", loss on held-out samples " +
                        number_text(static_cast<float>(state.best_loss)) + " after epoch " +
                        std::to_string(state.best_epoch) + ", " +
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
  app.add_option("--batch", options.batch, "samples per step")->check(CLI::Range(1, 65536))->capture_default_str();
  app.add_option("--rate", options.rate, "learning rate of Adam at the beginning; it falls to 0 along a cosine")
      ->check(CLI::Range(1e-9, 10.0))
      ->capture_default_str();
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
  app->add_option("--initial", options->initial, "the weights that the student begins with: its own, or random ones")
      ->check(CLI::IsMember({"given", "random"}))
      ->capture_default_str();
  app->add_option("--quantize", options->quantize,
                  "int8: the student learns with rounded weights and activations, and is written with its levels (QDQ)")
      ->check(CLI::IsMember({"int8"}));
  app->add_flag("--no-augmentation", options->no_augmentation,
                "show the samples as they are, neither moved, mixed nor noisy");
  add_training_options(*app, options->training);
  app->add_option("--checkpoint", options->checkpoint,
                  "a .npz that keeps the state; if it exists, training goes on from there");
  app->add_option("-o,--output", options->output, "the .onnx file to write")->required();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
