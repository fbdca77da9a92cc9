#include "tools/evaluation.hpp"

#include <algorithm>
#include <map>

#include "lib/data/regression.hpp"
#include "lib/support/log.hpp"

namespace mote {
namespace {

constexpr std::int64_t batch_samples = 64;

// What one candidate has answered so far.
struct Record {
  std::vector<std::int64_t> answers{};
  std::vector<float> scores{};  // samples x score_count
  std::size_t score_count = 0;
  Regression numbers{};                 // against the labels
  Regression difference{};              // against the reference
  std::vector<double> cosines{};        // likewise, per sample
  std::map<std::pair<std::size_t, std::string>, Regression> slices{};
};

Diagnostic no_class(const std::string& found) {
  return bad_data("", "the network gives " + found + ", expected a class or at most " + std::to_string(most_classes) + " scores",
                  "--task regression compares numbers, --output chooses another output");
}

Status add_answer(Record& record, const Tensor& output) {
  if (!is_float(output.dtype) && output.shape.elements() == 1) {  // the network ends in ArgMax
    const std::int64_t answer = output.to_integers()[0];
    if (answer < 0 || answer >= most_classes) return no_class(std::to_string(answer));
    record.answers.push_back(answer);
    return Ok{};
  }
  const std::vector<double> reals = output.to_reals();
  const std::vector<float> scores(reals.begin(), reals.end());
  if (scores.empty() || static_cast<std::int64_t>(scores.size()) > most_classes) return no_class(std::to_string(scores.size()) + " numbers");
  record.answers.push_back(class_of(scores));
  record.score_count = scores.size();
  record.scores.insert(record.scores.end(), scores.begin(), scores.end());
  return Ok{};
}

Status add_numbers(Record& record, const std::vector<double>& output, std::int64_t row, const EvaluationOptions& options) {
  const Labels& labels = *options.labels;
  if (output.size() != labels.elements)
    return bad_data("", "the network gives " + std::to_string(output.size()) + " numbers, the labels have " + std::to_string(labels.elements) + " per sample");
  const auto truth = std::span(labels.values).subspan(static_cast<std::size_t>(row) * labels.elements, labels.elements);
  record.numbers.add(truth, output);
  for (std::size_t i = 0; i < options.slicings.size(); ++i)
    record.slices[{i, options.slicings[i].values[static_cast<std::size_t>(row)]}].add(truth, output);
  return Ok{};
}

Status add_sample(Record& record, const Tensor& output, const Tensor& reference, std::int64_t row, const EvaluationOptions& options) {
  if (options.classes) MOTE_TRY_STATUS(add_answer(record, output));
  const std::vector<double> values = output.to_reals(), expected = reference.to_reals();
  if (values.size() != expected.size() || values.empty())
    return bad_data("", "outputs of " + std::to_string(values.size()) + " elements, the reference gives " + std::to_string(expected.size()));
  record.difference.add(expected, values);
  record.cosines.push_back(cosine(expected, values));
  if (options.labels && options.labels->task == Task::regression) MOTE_TRY_STATUS(add_numbers(record, values, row, options));
  return Ok{};
}

// Two columns for a single score, so that it is an ordinary two-class network.
Classification classification_of(const Record& record, std::span<const std::int64_t> truths, std::int64_t classes) {
  Classification result{.classes = classes, .truths = {truths.begin(), truths.end()}, .answers = record.answers, .scores = {}};
  if (record.score_count == 1) {
    for (const float score : record.scores) result.scores.insert(result.scores.end(), {1 - score, score});
  } else if (static_cast<std::int64_t>(record.score_count) == classes) {
    result.scores = record.scores;
  }
  return result;
}

Classification part_of(const Classification& all, const std::vector<std::size_t>& rows) {
  Classification part{.classes = all.classes, .truths = {}, .answers = {}, .scores = {}};
  const auto width = static_cast<std::size_t>(all.classes);
  for (const std::size_t row : rows) {
    part.truths.push_back(all.truths[row]);
    part.answers.push_back(all.answers[row]);
    if (!all.scores.empty())
      part.scores.insert(part.scores.end(), all.scores.begin() + static_cast<std::ptrdiff_t>(row * width),
                         all.scores.begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
  }
  return part;
}

std::vector<Metric> regression_metrics(const Regression& numbers) {
  return {{"rmse", numbers.rmse(), false}, {"mae", numbers.mae(), false}, {"r2", numbers.r2(), true}};
}

std::vector<SliceResult> class_slices(const Classification& all, const std::vector<Slicing>& slicings) {
  std::vector<SliceResult> results;
  for (const Slicing& slicing : slicings) {
    std::map<std::string, std::vector<std::size_t>> rows;
    for (std::size_t i = 0; i < slicing.values.size(); ++i) rows[slicing.values[i]].push_back(i);
    for (const auto& [value, of_value] : rows) {
      const Classification part = part_of(all, of_value);
      results.push_back({slicing.column, value, static_cast<std::int64_t>(of_value.size()),
                         {{"accuracy", accuracy(part)}, {"f1", f1_estimate(part)}}});
    }
  }
  return results;
}

void judge_classes(const Record& record, std::int64_t classes, const EvaluationOptions& options, CandidateResult& result) {
  const Classification all = classification_of(record, options.labels->classes, classes);
  result.confusion = confusion(all);
  result.classes = class_scores(all);
  result.metrics = {{"accuracy", accuracy(all)}};
  if (options.top_k > 1 && options.top_k < classes)
    result.metrics.push_back({"top-" + std::to_string(options.top_k), top_k_accuracy(all, options.top_k)});
  result.metrics.push_back({"f1", f1_estimate(all)});
  result.metrics.push_back({"roc_auc", roc_auc(all)});
  result.slices = class_slices(all, options.slicings);
}

void judge_numbers(const Record& record, const EvaluationOptions& options, CandidateResult& result) {
  result.metrics = regression_metrics(record.numbers);
  for (const auto& [key, numbers] : record.slices) {
    const Slicing& slicing = options.slicings[key.first];
    result.slices.push_back({slicing.column, key.second, std::ranges::count(slicing.values, key.second), regression_metrics(numbers)});
  }
}

void compare(const Record& record, const Record& reference, const EvaluationOptions& options, CandidateResult& result) {
  if (options.classes) {
    for (std::size_t i = 0; i < record.answers.size(); ++i)
      if (record.answers[i] != reference.answers[i])
        result.flips.push_back({static_cast<std::int64_t>(i), reference.answers[i], record.answers[i]});
    const auto samples = static_cast<std::int64_t>(record.answers.size());
    result.against_reference.push_back({"agreement", share(samples - static_cast<std::int64_t>(result.flips.size()), samples)});
  }
  double sum = 0;
  for (const double one : record.cosines) sum += one;
  result.against_reference.push_back({"cosine", Estimate{.value = sum / static_cast<double>(record.cosines.size())}});
  result.against_reference.push_back({"rmse_to_float", record.difference.rmse(), false});
}

// Classes there are: as many as scores, or as the largest number among labels and answers asks for.
std::int64_t class_count(const std::vector<Record>& records, const EvaluationOptions& options) {
  std::int64_t classes = 2;
  if (options.labels) classes = std::max(classes, *std::ranges::max_element(options.labels->classes) + 1);
  for (const Record& record : records) {
    classes = std::max({classes, static_cast<std::int64_t>(record.score_count), *std::ranges::max_element(record.answers) + 1});
  }
  return classes;
}

Status run_batch(const DataSet& set, std::int64_t first, std::span<const Candidate> candidates,
                 const EvaluationOptions& options, std::vector<Record>& records) {
  std::vector<TensorList> samples;
  for (std::int64_t row = first; row < std::min(first + batch_samples, set.size()); ++row) {
    MOTE_TRY(TensorList sample, set.sample(row));
    samples.push_back(std::move(sample));
  }
  std::vector<TensorList> reference;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    MOTE_TRY(std::vector<TensorList> outputs, candidates[c].run(samples));
    if (c == 0) reference = outputs;
    for (std::size_t i = 0; i < outputs.size(); ++i)
      MOTE_TRY_STATUS(add_sample(records[c], outputs[i].at(options.output), reference[i].at(options.output),
                                 first + static_cast<std::int64_t>(i), options));
  }
  return Ok{};
}

}  // namespace

Result<std::vector<CandidateResult>> evaluate(const DataSet& set, std::span<const Candidate> candidates,
                                              const EvaluationOptions& options) {
  std::vector<Record> records(candidates.size());
  for (std::int64_t row = 0; row < set.size(); row += batch_samples) {
    log_detail("samples from " + std::to_string(row));
    MOTE_TRY_STATUS(run_batch(set, row, candidates, options, records));
  }
  std::vector<CandidateResult> results;
  const std::int64_t classes = options.classes ? class_count(records, options) : 0;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    CandidateResult result{.name = candidates[c].name};
    if (options.labels && options.labels->task == Task::classification) judge_classes(records[c], classes, options, result);
    if (options.labels && options.labels->task == Task::regression) judge_numbers(records[c], options, result);
    if (c > 0) compare(records[c], records[0], options, result);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace mote
