#include "lib/data/classification.hpp"

#include <algorithm>
#include <numeric>

#include "lib/support/check.hpp"

namespace mote {
namespace {

std::size_t place(std::int64_t index) { return static_cast<std::size_t>(index); }

std::span<const float> scores_of(const Classification& answers, std::size_t sample) {
  return std::span(answers.scores).subspan(sample * place(answers.classes), place(answers.classes));
}

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

// The samples in order of one class's score, so that a resample costs one walk instead of a sort.
struct Ranking {
  std::vector<std::uint32_t> order{};
  std::vector<bool> new_score{};  // this place's score differs from the one before
  std::int64_t positive = 0;      // the class
};

Ranking ranking(const Classification& answers, std::int64_t positive) {
  Ranking result{.order = std::vector<std::uint32_t>(answers.truths.size()), .new_score = {}, .positive = positive};
  std::iota(result.order.begin(), result.order.end(), 0U);
  const auto score = [&](std::uint32_t sample) { return scores_of(answers, sample)[place(positive)]; };
  std::ranges::stable_sort(result.order, {}, score);
  for (std::size_t i = 0; i < result.order.size(); ++i)
    result.new_score.push_back(i == 0 || score(result.order[i]) != score(result.order[i - 1]));
  return result;
}

// Pairs (positive above negative) / all pairs, equal scores half.
std::optional<double> area(const Classification& answers, const Ranking& ranking, Multiplicities counts) {
  double below = 0, above_pairs = 0, positives = 0;  // negatives below the present score; pairs; positives so far
  double tied_positives = 0, tied_negatives = 0;
  const auto close_tie = [&] {
    above_pairs += tied_positives * (below + tied_negatives / 2);
    below += tied_negatives;
    positives += tied_positives;
    tied_positives = tied_negatives = 0;
  };
  for (std::size_t i = 0; i < ranking.order.size(); ++i) {
    if (ranking.new_score[i]) close_tie();
    const std::uint32_t sample = ranking.order[i];
    (answers.truths[sample] == ranking.positive ? tied_positives : tied_negatives) += counts[sample];
  }
  close_tie();
  return positives == 0 || below == 0 ? std::nullopt : std::optional(above_pairs / (positives * below));
}

}  // namespace

std::int64_t class_of(std::span<const float> scores) {
  MOTE_CHECK(!scores.empty());
  if (scores.size() == 1) return scores[0] >= 0.5F ? 1 : 0;
  return std::ranges::max_element(scores) - scores.begin();
}

ConfusionMatrix confusion(const Classification& answers) {
  ConfusionMatrix matrix{answers.classes, std::vector<std::int64_t>(place(answers.classes * answers.classes), 0)};
  for (std::size_t i = 0; i < answers.truths.size(); ++i)
    ++matrix.counts[place(answers.truths[i] * answers.classes + answers.answers[i])];
  return matrix;
}

std::vector<ClassScore> class_scores(const Classification& answers, Multiplicities counts) {
  struct Tally {
    std::int64_t truths = 0, answers = 0, hits = 0;
  };
  std::vector<Tally> tallies(place(answers.classes));
  for (std::size_t i = 0; i < answers.truths.size(); ++i) {
    const std::int64_t count = counts.empty() ? 1 : counts[i];
    const std::int64_t truth = answers.truths[i], answer = answers.answers[i];
    tallies[place(truth)].truths += count;
    tallies[place(answer)].answers += count;
    if (truth == answer) tallies[place(truth)].hits += count;
  }
  std::vector<ClassScore> scores;
  for (const Tally& tally : tallies) {
    const auto hits = static_cast<double>(tally.hits);
    scores.push_back({.precision = ratio(hits, static_cast<double>(tally.answers)),
                      .recall = ratio(hits, static_cast<double>(tally.truths)),
                      .f1 = ratio(2 * hits, static_cast<double>(tally.truths + tally.answers)),
                      .support = tally.truths,
                      .occurs = tally.truths + tally.answers > 0});
  }
  return scores;
}

double macro_f1(std::span<const ClassScore> scores) {
  double sum = 0, classes = 0;
  for (const ClassScore& score : scores) {
    sum += score.f1;
    classes += score.occurs ? 1 : 0;
  }
  return ratio(sum, classes);
}

Estimate accuracy(const Classification& answers) {
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < answers.truths.size(); ++i) hits += answers.truths[i] == answers.answers[i] ? 1 : 0;
  return share(hits, static_cast<std::int64_t>(answers.truths.size()));
}

std::optional<Estimate> top_k_accuracy(const Classification& answers, std::int64_t k) {
  if (answers.scores.empty()) return std::nullopt;
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < answers.truths.size(); ++i) {
    const std::span<const float> scores = scores_of(answers, i);
    const std::size_t truth = place(answers.truths[i]);
    std::int64_t before = 0;
    for (std::size_t c = 0; c < scores.size(); ++c)
      before += scores[c] > scores[truth] || (scores[c] == scores[truth] && c < truth) ? 1 : 0;
    hits += before < k ? 1 : 0;
  }
  return share(hits, static_cast<std::int64_t>(answers.truths.size()));
}

std::optional<Estimate> f1_estimate(const Classification& answers) {
  return bootstrap(answers.truths.size(), [&](Multiplicities counts) { return std::optional(macro_f1(class_scores(answers, counts))); });
}

std::optional<Estimate> roc_auc(const Classification& answers) {
  if (answers.scores.empty() || answers.classes < 2) return std::nullopt;
  std::vector<Ranking> rankings;
  for (std::int64_t c = answers.classes == 2 ? 1 : 0; c < answers.classes; ++c)
    if (std::ranges::find(answers.truths, c) != answers.truths.end()) rankings.push_back(ranking(answers, c));
  if (rankings.empty()) return std::nullopt;
  return bootstrap(answers.truths.size(), [&](Multiplicities counts) -> std::optional<double> {
    double sum = 0;
    for (const Ranking& one : rankings) {
      const auto found = area(answers, one, counts);
      if (!found) return std::nullopt;
      sum += *found;
    }
    return sum / static_cast<double>(rankings.size());
  });
}

}  // namespace mote
