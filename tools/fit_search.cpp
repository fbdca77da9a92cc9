#include "tools/fit_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "codegen/literals.hpp"
#include "lib/export/onnx_export.hpp"
#include "lib/plan/fit.hpp"
#include "lib/plan/model_code.hpp"
#include "passes/fit/choose_precisions.hpp"
#include "passes/fit/shrink.hpp"
#include "passes/fit/thinned.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "passes/quantize/float_islands.hpp"
#include "tools/augmented_samples.hpp"
#include "tools/fit_lessons.hpp"
#include "tools/fit_report.hpp"

namespace mote {
namespace {

constexpr std::int64_t samples_to_prune_by = 1024;

std::string percent(std::int64_t part, std::int64_t whole) {
  return std::to_string((100 * part + whole / 2) / std::max<std::int64_t>(whole, 1)) + " %";
}

// So many learn that are good enough: the best without lessons need not be the best behind them, weights of 0 and of 4
// bits have other amounts to learn.
constexpr std::size_t most_taught = 2;

// What is not defined for the answers is worse than everything that is.
double greater_is_better(const Metric& metric) {
  if (!metric.estimate || std::isnan(metric.estimate->value)) return -std::numeric_limits<double>::infinity();
  return metric.higher_is_better ? metric.estimate->value : -metric.estimate->value;
}

class FitSearch {
 public:
  explicit FitSearch(const FitRequest& request)
      : request_(request), float_(interpreter_candidate("float", request.model.graph)) {}

  Result<FitOutcome> run() && {
    MOTE_TRY_STATUS(prepare());
    MOTE_TRY_STATUS(shrink());
    const bool fits_whole = request_.limits.hold(shrunk_[0].footprint);
    MOTE_TRY_STATUS(measure({.step = 0, .choose_precisions = fits_whole}));
    if (out_of_reach_) {
      MOTE_TRY_STATUS(say_what_is_out_of_reach());
    } else if (!fits_whole) {
      MOTE_TRY_STATUS(measure_smaller());
    }
    choose_solution();
    if (!outcome_.solution && outcome_.problems.empty()) {
      MOTE_TRY_STATUS(find_nearest());
      choose_solution();  // which networks between those that contended may be
    }
    if (outcome_.solution) outcome_.problems.clear();
    return std::move(outcome_);
  }

 private:
  // One way to go on with a network of the way.
  struct Attempt {
    std::size_t step = 0;           // of the way
    bool choose_precisions = true;  // or 8 bits everywhere
    bool learns = false;
    bool is_thinned = false;   // with weights of 0
    bool with_levels = false;  // learns, behind that, with the precisions that were chosen
    bool operator==(const Attempt&) const = default;
  };

  // No lessons are needed for what the model is by itself.
  static bool is_changed(const Attempt& attempt) { return attempt.step > 0 || attempt.is_thinned; }

  void say(const std::string& line) const {
    if (request_.progress) request_.progress(line);
  }

  [[nodiscard]] RoughOptions rough(const CalibrationSamples& samples) const {
    return {.target = request_.target,
            .samples = samples,
            .integer_interface = request_.quantize.integer_interface,
            .optimize = outcome_.optimize};
  }

  // No smaller network has fewer operators that run in floating point, and none has smaller trees: where these as
  // branches are too much, as tables they may do.
  Status prepare() {
    MOTE_TRY(const Plan plan, rough_plan(request_.model.graph, rough(request_.shrinking)));
    if (request_.integer_only) MOTE_TRY_STATUS(require_integers(plan.graph));
    const bool is_too_much = footprint_of(plan).flash_bytes > request_.limits.flash_bytes;
    if (is_too_much && branch_code_bytes(plan) > 0) outcome_.optimize = Optimize::size;
    return Ok{};
  }

  void choose_solution() {
    for (std::size_t i = 0; i < outcome_.networks.size(); ++i) {
      if (!outcome_.networks[i].is_solution()) continue;
      if (!outcome_.solution || quality_of(outcome_.networks[i]) > quality_of(outcome_.networks[*outcome_.solution]))
        outcome_.solution = i;
    }
  }

  // The largest network on the way that fits if weights have 4 bits, the first that fits with 8, and one in between:
  // fewer channels or fewer bits.
  [[nodiscard]] std::vector<std::size_t> contending() const {
    const std::size_t last = shrunk_.size() - 1, first = largest_that_may_fit_;
    std::vector<std::size_t> chosen{first};
    if (!request_.limits.hold(shrunk_[last].footprint)) return chosen;
    if (last - first > 1) chosen.push_back((first + last) / 2);
    if (first < last) chosen.push_back(last);
    return chosen;
  }

  // These, and the first of them whose flash zeros can make suffice.
  Result<std::vector<Attempt>> contenders() {
    std::vector<Attempt> attempts;
    for (const std::size_t step : contending()) {
      attempts.push_back({.step = step});
      if (!thinned_.empty() || request_.limits.hold(shrunk_[step].footprint)) continue;
      MOTE_TRY(std::optional<ThinnedNetwork> thinned, thinned_to_fit(shrunk_[step], shrink_options()));
      if (!thinned) continue;
      thinned_.emplace(step, *std::move(thinned));
      attempts.push_back({.step = step, .is_thinned = true});
    }
    return attempts;
  }

  // What contends, as pruning leaves it. Lessons take longest: the best takes them first, and no more than are needed.
  Status measure_smaller() {
    MOTE_TRY(const std::vector<Attempt> attempts, contenders());
    std::vector<std::pair<Quality, Attempt>> fitting;
    for (const Attempt& attempt : attempts) {
      MOTE_TRY(const std::size_t at, measure(attempt));
      if (outcome_.networks[at].fits) fitting.emplace_back(quality_of(outcome_.networks[at]), attempt);
    }
    if (!lessons_) return Ok{};
    std::ranges::stable_sort(fitting, std::ranges::greater{}, &std::pair<Quality, Attempt>::first);
    std::size_t solutions = 0;
    for (const auto& [quality, attempt] : fitting) {
      MOTE_TRY(const std::size_t at, measure_taught(attempt));
      if (outcome_.networks[at].is_solution()) ++solutions;
      if (is_interrupted() || solutions == most_taught) break;
    }
    return Ok{};
  }

  // Behind all of its lessons, in real numbers first; the better one counts. The model itself knows these.
  Result<std::size_t> measure_taught(Attempt attempt) {
    attempt.learns = is_changed(attempt);
    MOTE_TRY(const std::size_t real, measure(attempt));
    // Those of 8 bits cost next to nothing.
    const bool is_worth_it = outcome_.networks[real].fits && !outcome_.networks[real].precisions.narrow_weights.empty();
    if (is_interrupted() || !is_worth_it) return real;
    attempt.with_levels = true;
    MOTE_TRY(const std::size_t levels, measure(attempt));
    const FittedNetwork &before = outcome_.networks[real], &behind = outcome_.networks[levels];
    if (behind.is_solution() != before.is_solution()) return behind.is_solution() ? levels : real;
    return quality_of(behind) > quality_of(before) ? levels : real;
  }
  [[nodiscard]] bool is_interrupted() const { return lessons_ && lessons_->interrupted(); }

  [[nodiscard]] ShrinkOptions shrink_options() const {
    const auto show = [this](const ShrunkNetwork& network) {
      say(with_thousands(network.macs) + " multiply-accumulates: " + with_thousands(network.footprint.ram_bytes) +
          " B RAM, " + with_thousands(network.footprint.flash_bytes) + " B flash, " +
          with_thousands(network.footprint.cycles) + " cycles");
    };
    return {.rough = rough(augmented_samples(request_.shrinking, request_.model.graph, samples_to_prune_by)),
            .limits = request_.limits,
            .sources = request_.shrinking.count,
            .progress = show};
  }

  Status shrink() {
    MOTE_TRY(ShrunkNetworks networks, shrink_to_fit(request_.model.graph, shrink_options()));
    largest_that_may_fit_ = networks.largest_that_may_fit(request_.limits);
    splits_ = networks.splits;
    shrunk_ = std::move(networks.steps);
    out_of_reach_ = std::move(networks.out_of_reach);
    if (request_.lessons)
      lessons_.emplace(*request_.lessons, request_.training, request_.shrinking, shrunk_.front().graph);
    return Ok{};
  }

  // The model itself, or a changed one as it comes back from its file: what compiling the recipe will read.
  Result<ImportedModel> model_of(const Attempt& attempt, std::string& bytes) {
    if (attempt.with_levels) {
      const FittedNetwork& before = without_levels(attempt);
      MOTE_TRY(ImportedModel student, imported(before.bytes));
      MOTE_TRY(const Graph taught,
               lessons_->taught_with_levels(std::move(student.graph), request_.quantize, before.precisions));
      return exported(taught, bytes);
    }
    if (!is_changed(attempt)) return request_.model;
    Graph graph = attempt.is_thinned ? thinned_.at(attempt.step).network.graph : shrunk_[attempt.step].graph;
    if (attempt.learns) { MOTE_TRY(graph, lessons_->taught(std::move(graph))); }
    return exported(graph, bytes);
  }

  Result<ImportedModel> exported(const Graph& graph, std::string& bytes) const {
    MOTE_TRY(const ExportedModel model, export_onnx(graph));
    bytes = model.bytes;
    return imported(bytes);
  }
  [[nodiscard]] Result<ImportedModel> imported(const std::string& bytes) const {
    if (bytes.empty()) return request_.model;
    return import_onnx_bytes(std::as_bytes(std::span(bytes)), request_.model_path);
  }

  // As compiling makes and places it.
  [[nodiscard]] Result<Plan> planned(const Graph& graph, const Precisions& precisions, bool quantizes) const {
    QuantizeOptions quantize = request_.quantize;
    quantize.narrow = {"*"};
    quantize.wide = precisions.wide_activations;
    quantize.weights_of_4_bits = precisions.narrow_weights;
    MOTE_TRY(Graph integers, run_passes(standard_pipeline(), graph,
                                        {.target = request_.target,
                                         .quantize = quantizes ? &quantize : nullptr,
                                         .optimize = outcome_.optimize}));
    if (request_.integer_only) MOTE_TRY_STATUS(require_integers(integers));
    MOTE_TRY(Plan plan, make_plan(std::move(integers), request_.target));
    const FitReport placed = fit(plan);
    plan.target.arena_region = placed.ram.region;
    plan.target.weights_region = placed.flash.region;
    return plan;
  }

  [[nodiscard]] const FittedNetwork& without_levels(Attempt attempt) const {
    attempt.with_levels = false;
    return outcome_.networks[place_of(attempt).value()];
  }

  [[nodiscard]] std::optional<std::size_t> place_of(const Attempt& attempt) const {
    const auto known = std::ranges::find(attempts_, attempt);
    if (known == attempts_.end()) return std::nullopt;
    return static_cast<std::size_t>(known - attempts_.begin());
  }

  // The network's place in the outcome: that of an earlier time, if there was one.
  Result<std::size_t> measure(const Attempt& attempt) {
    if (const auto known = place_of(attempt)) return *known;
    FittedNetwork network;
    MOTE_TRY(const ImportedModel model, model_of(attempt, network.bytes));
    network.has_levels = attempt.with_levels;
    network.integer_interface = request_.quantize.integer_interface;
    const auto weigh = [&](const Precisions& precisions) -> Result<Footprint> {
      MOTE_TRY(network.plan, planned(model.graph, precisions, network.needs_quantization()));
      return footprint_of(network.plan);
    };
    if (attempt.with_levels) {
      network.precisions = without_levels(attempt).precisions;
      MOTE_TRY_STATUS(weigh({}));  // they are the model's own
    } else if (attempt.choose_precisions) {
      MOTE_TRY(network.precisions, choose_precisions(model.graph, rough(request_.quantize.samples), request_.quantize,
                                                     request_.limits, weigh));
    } else {
      MOTE_TRY_STATUS(weigh({}));
    }
    network.macs = network.plan.macs;
    network.footprint = footprint_of(network.plan);
    network.fits = request_.limits.hold(network.footprint);
    network.what = description(attempt, network.precisions);
    if (attempt.learns || attempt.with_levels)
      network.what += "; behind " + lessons_->description() + (attempt.with_levels ? " with levels" : "");
    say("measuring " + network.what);
    const std::vector<Candidate> candidates{float_, interpreter_candidate("int8", network.plan.graph)};
    MOTE_TRY(network.results, evaluate(request_.judged, candidates, request_.evaluation));
    MOTE_TRY_STATUS(check_gates(request_.gates, network.results, network.failed_gates));
    outcome_.networks.push_back(std::move(network));
    attempts_.push_back(attempt);
    return attempts_.size() - 1;
  }

  [[nodiscard]] std::string description(const Attempt& attempt, const Precisions& precisions) const {
    std::string text = attempt.step == 0
                           ? "the model"
                           : percent(shrunk_[attempt.step].macs, shrunk_[0].macs) + " of the multiply-accumulates";
    if (attempt.step > 0 && splits_ > 0) text += "; " + counted(splits_, "convolution") + " split";
    if (attempt.is_thinned)
      text += "; " + percent(std::lround(100.0 * thinned_.at(attempt.step).share), 100) + " of the weights 0";
    for (std::size_t i = 0; i < precisions.wide_activations.size(); ++i)
      text += (i == 0 ? "; 16 bits: " : ", ") + precisions.wide_activations[i];
    if (!precisions.narrow_weights.empty())
      text += "; weights of 4 bits in " + counted(precisions.narrow_weights.size(), "layer");
    return text;
  }

  // Even the narrowest network breaks a limit, with weights of 8 bits and of 4.
  Status say_what_is_out_of_reach() {
    const Footprint least = out_of_reach_->least();
    const auto check = [&](Code code, const char* option, const char* what, std::int64_t needs, std::int64_t limit) {
      if (needs <= limit) return;
      outcome_.problems.push_back(
          {.code = code,
           .message = std::string("no network that mote can make of the model takes less than ") +
                      with_thousands(needs) + " " + what + ", allowed are " + with_thousands(limit),
           .help = {std::string(option) + " " + std::to_string(needs) +
                    " is the least that can be reached: " + with_thousands(needs - limit) + " more"}});
    };
    check(Code::ram_exceeded, "--ram", "B of RAM", least.ram_bytes, request_.limits.ram_bytes);
    if (!outcome_.problems.empty()) MOTE_TRY_STATUS(suggest_integer_interface(least.ram_bytes));
    check(Code::flash_exceeded, "--flash", "B of flash", least.flash_bytes, request_.limits.flash_bytes);
    check(Code::gate_failed, "--max-cycles", "cycles", least.cycles, request_.limits.cycles);
    return Ok{};
  }

  // Integers as inputs and outputs lie in buffers of the caller's, real ones are converted into the arena.
  Status suggest_integer_interface(std::int64_t needs) {
    RoughOptions options = rough(request_.shrinking);
    if (options.integer_interface) return Ok{};
    options.integer_interface = true;
    MOTE_TRY(const ShrunkNetwork network, weighed_network(out_of_reach_->graph, options));
    const std::int64_t less = network.least().ram_bytes;
    if (less < needs)
      outcome_.problems.back().help.push_back("with --io int8, inputs and outputs in buffers of the caller's, --ram " +
                                              std::to_string(less) + " is the least");
    return Ok{};
  }

  // None that was tried keeps the limits: the last may have been expected to, and takes more quantized in earnest.
  [[nodiscard]] Diagnostics broken_limits(std::size_t at) const {
    const FittedNetwork& network = outcome_.networks[at];
    const ShrunkNetwork& rough = shrunk_[attempts_[at].step];
    const bool was_expected = request_.limits.hold(rough.footprint) || request_.limits.hold(rough.with_4_bit_weights);
    const std::string what = was_expected
                                 ? "what was expected to keep the limits takes more when quantized with all samples: "
                                 : "no network on the way keeps the limits, not even the smallest: ";
    return {Diagnostic{.code = first_broken(request_.limits, network.footprint),
                       .message = what + network.what,
                       .help = {relaxed(network)}}};
  }

  // What fits misses a gate: the smallest network on the way that does not, by bisection, as accuracy falls along it.
  Status find_nearest() {
    if (std::ranges::none_of(outcome_.networks, &FittedNetwork::fits)) {
      outcome_.problems = broken_limits(outcome_.networks.size() - 1);
      return Ok{};
    }
    outcome_.problems = best_that_fits().failed_gates;
    if (!outcome_.networks.front().failed_gates.empty()) {
      outcome_.problems.front().help.push_back("no limit is in the way: quantized in full, the model misses it, too");
      return Ok{};
    }
    std::size_t good = 0, bad = shrunk_.size() - 1, at = 0;
    while (bad - good > 1 && !is_interrupted()) {
      const std::size_t middle = (good + bad) / 2;
      MOTE_TRY(const std::size_t measured, measure({.step = middle, .learns = lessons_.has_value()}));
      if (outcome_.networks[measured].failed_gates.empty()) {
        good = middle;
        at = measured;
        if (outcome_.networks[at].fits) return Ok{};  // a smaller one would hardly answer better
      } else {
        bad = middle;
      }
    }
    outcome_.problems.front().help.push_back(relaxed(outcome_.networks[at]));
    return Ok{};
  }

  [[nodiscard]] const FittedNetwork& best_that_fits() const {
    const FittedNetwork* best = &outcome_.networks.back();
    for (const FittedNetwork& network : outcome_.networks)
      if (network.fits && (!best->fits || quality_of(network) > quality_of(*best))) best = &network;
    return *best;
  }

  [[nodiscard]] std::string relaxed(const FittedNetwork& network) const {
    std::string text = "the nearest takes";
    const auto add = [&](const char* option, std::int64_t needs, std::int64_t limit) {
      if (needs > limit)
        text +=
            std::string(" ") + option + " " + std::to_string(needs) + " (" + with_thousands(needs - limit) + " more)";
    };
    add("--ram", network.footprint.ram_bytes, request_.limits.ram_bytes);
    add("--flash", network.footprint.flash_bytes, request_.limits.flash_bytes);
    add("--max-cycles", network.footprint.cycles, request_.limits.cycles);
    return text + ": " + network.what;
  }

  const FitRequest& request_;
  Candidate float_;
  std::vector<ShrunkNetwork> shrunk_{};
  std::size_t largest_that_may_fit_ = 0, splits_ = 0;  // of shrunk_: as ShrunkNetworks has them
  std::map<std::size_t, ThinnedNetwork> thinned_{};    // by step of the way
  std::optional<ShrunkNetwork> out_of_reach_{};        // as shrink_to_fit has it
  std::optional<FitLessons> lessons_{};                // Ctrl-C in them ends the search
  std::vector<Attempt> attempts_{};                    // what led to the networks of the outcome
  FitOutcome outcome_{};
};

}  // namespace

Quality quality_of(const FittedNetwork& network) {
  const CandidateResult& result = network.results.back();
  Quality quality;
  if (!result.metrics.empty()) quality.by_labels = greater_is_better(result.metrics.front());
  const auto difference = std::ranges::find(result.against_reference, "rmse_to_float", &Metric::name);
  if (difference != result.against_reference.end()) quality.closeness = greater_is_better(*difference);
  return quality;
}

Code first_broken(const FitLimits& limits, const Footprint& footprint) {
  if (footprint.ram_bytes > limits.ram_bytes) return Code::ram_exceeded;
  return footprint.flash_bytes > limits.flash_bytes ? Code::flash_exceeded : Code::gate_failed;
}

Result<FitOutcome> search_fit(const FitRequest& request) { return FitSearch(request).run(); }

}  // namespace mote
