#include <catch2/catch.hpp>
#include <cmath>

#include "lib/data/classification.hpp"
#include "lib/data/regression.hpp"

using namespace mote;

namespace {

// Six samples of three classes, easy to count by hand:
//   truth  0 0 1 1 2 2
//   answer 0 1 1 1 2 0
const Classification by_hand{.classes = 3, .truths = {0, 0, 1, 1, 2, 2}, .answers = {0, 1, 1, 1, 2, 0}, .scores = {}};

// 60 samples with many equal scores from a linear congruential generator; the true class gets a bonus of 2.
Classification drawn() {
  std::uint32_t state = 12345;
  const auto next = [&] {
    state = (state * 1103515245U + 12345U) & 0x7fffffffU;
    return state >> 16U;
  };
  Classification data{.classes = 4, .truths = {}, .answers = {}, .scores = {}};
  for (int sample = 0; sample < 60; ++sample) {
    const std::uint32_t truth = next() % 4;
    std::vector<float> scores;
    for (std::uint32_t c = 0; c < 4; ++c) scores.push_back(static_cast<float>(next() % 8 + (c == truth ? 2 : 0)));
    data.truths.push_back(truth);
    data.answers.push_back(class_of(scores));
    data.scores.insert(data.scores.end(), scores.begin(), scores.end());
  }
  return data;
}

}  // namespace

TEST_CASE("the largest score wins, the first among equals; a single score is decided at one half") {
  CHECK(class_of(std::vector<float>{1, 3, 3}) == 1);
  CHECK(class_of(std::vector<float>{0.5F}) == 1);
  CHECK(class_of(std::vector<float>{0.49F}) == 0);
}

TEST_CASE("confusion, precision, recall and F1, counted by hand") {
  const ConfusionMatrix matrix = confusion(by_hand);
  CHECK(matrix.counts == std::vector<std::int64_t>{1, 1, 0, 0, 2, 0, 1, 0, 1});
  const std::vector<ClassScore> scores = class_scores(by_hand);
  CHECK(scores[0].precision == Approx(1.0 / 2));
  CHECK(scores[0].recall == Approx(1.0 / 2));
  CHECK(scores[1].precision == Approx(2.0 / 3));
  CHECK(scores[1].recall == 1);
  CHECK(scores[1].f1 == Approx(0.8));
  CHECK(scores[2].f1 == Approx(2.0 / 3));
  CHECK(scores[2].support == 2);
  CHECK(macro_f1(scores) == Approx((0.5 + 0.8 + 2.0 / 3) / 3));
  CHECK(accuracy(by_hand).value == Approx(4.0 / 6));
}

TEST_CASE("a class that never occurs does not enter the mean F1") {
  Classification more = by_hand;
  more.classes = 5;
  CHECK(macro_f1(class_scores(more)) == Approx(macro_f1(class_scores(by_hand))));
}

TEST_CASE("top-k counts the k largest scores; among equals the lower class comes first") {
  const Classification data{.classes = 3, .truths = {2, 1, 0}, .answers = {0, 0, 0},
                            .scores = {5, 4, 3, 2, 2, 1, 7, 8, 9}};
  CHECK(top_k_accuracy(data, 1)->value == 0);
  CHECK(top_k_accuracy(data, 2)->value == Approx(1.0 / 3));
  CHECK(top_k_accuracy(data, 3)->value == 1);
  CHECK_FALSE(top_k_accuracy(by_hand, 2));
}

TEST_CASE("the area under the curve is the share of ordered pairs, counted by hand") {
  // Scores of class 1: negatives 1, 3; positives 2, 3: pairs (2>1) (2<3) (3>1) (3=3): 2.5 of 4.
  const Classification data{.classes = 2, .truths = {0, 0, 1, 1}, .answers = {0, 0, 0, 0}, .scores = {0, 1, 0, 3, 0, 2, 0, 3}};
  CHECK(roc_auc(data)->value == 2.5 / 4);
  Classification single = data;
  single.truths = {1, 1, 1, 1};
  CHECK_FALSE(roc_auc(single));
}

// Constants by scikit-learn 1.2.1 on the same numbers: accuracy_score, f1_score(average="macro" and None),
// precision_score, recall_score, roc_auc_score of each class against the rest, confusion_matrix.
TEST_CASE("metrics agree with scikit-learn") {
  const Classification data = drawn();
  const ConfusionMatrix matrix = confusion(data);
  CHECK(matrix.counts == std::vector<std::int64_t>{9, 6, 8, 5, 5, 2, 0, 0, 4, 2, 3, 0, 3, 3, 2, 8});
  CHECK(accuracy(data).value == Approx(0.36666666666666664).epsilon(1e-14));
  CHECK(macro_f1(class_scores(data)) == Approx(0.3479495873584544).epsilon(1e-14));
  const std::vector<ClassScore> scores = class_scores(data);
  CHECK(scores[2].precision == Approx(0.23076923076923078).epsilon(1e-14));
  CHECK(scores[0].recall == Approx(0.32142857142857145).epsilon(1e-14));
  CHECK(scores[3].f1 == Approx(0.5517241379310345).epsilon(1e-14));
  CHECK(roc_auc(data)->value == Approx(0.6963734950216984).epsilon(1e-14));

  Classification binary{.classes = 2, .truths = {}, .answers = std::vector<std::int64_t>(60, 0), .scores = {}};
  for (std::size_t i = 0; i < 60; ++i) {
    binary.truths.push_back(data.truths[i] % 2);
    binary.scores.insert(binary.scores.end(), {0, data.scores[4 * i + 1]});
  }
  CHECK(roc_auc(binary)->value == Approx(0.48413631022326675).epsilon(1e-14));
}

// mean_squared_error, mean_absolute_error and r2_score of scikit-learn 1.2.1: columns 2, 3 as a prediction of 0, 1.
TEST_CASE("regression metrics agree with scikit-learn") {
  const Classification data = drawn();
  Regression pairs, first;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::vector<double> row(data.scores.begin() + static_cast<std::ptrdiff_t>(4 * i), data.scores.begin() + static_cast<std::ptrdiff_t>(4 * i + 4));
    pairs.add(std::span(row).first(2), std::span(row).last(2));
    first.add(std::span(row).first(1), std::span(row).subspan(2, 1));
  }
  CHECK(pairs.rmse()->value == Approx(3.398529093593286).epsilon(1e-14));
  CHECK(pairs.mae()->value == Approx(2.666666666666667).epsilon(1e-14));
  CHECK(pairs.r2()->value == Approx(-1.2438156451166504).epsilon(1e-13));
  CHECK(first.r2()->value == Approx(-1.3812339838359944).epsilon(1e-13));
}

TEST_CASE("r2 is undefined for truths that never vary") {
  Regression constant;
  const std::vector<double> truth{3}, answer{2};
  constant.add(truth, answer);
  constant.add(truth, answer);
  CHECK_FALSE(constant.r2());
  CHECK(constant.rmse()->value == 1);
}

TEST_CASE("the cosine of parallel, orthogonal, opposite and zero vectors") {
  const std::vector<double> x{1, 2}, twice{2, 4}, across{-2, 1}, back{-1, -2}, zero{0, 0};
  CHECK(cosine(x, twice) == Approx(1));
  CHECK(cosine(x, across) == Approx(0).margin(1e-15));
  CHECK(cosine(x, back) == Approx(-1));
  CHECK(cosine(x, zero) == 0);
  CHECK(cosine(zero, zero) == 1);
}

// SciPy 1.10.1: binomtest(496, 500).proportion_ci(method="wilson").
TEST_CASE("the interval of a share stays within 0 and 1 and is Wilson's") {
  const Estimate estimate = share(496, 500);
  CHECK(estimate.value == 0.992);
  CHECK(*estimate.low == Approx(0.9796129641658948).epsilon(1e-12));
  CHECK(*estimate.high == Approx(0.9968846848199377).epsilon(1e-12));
  CHECK(*share(0, 10).low == 0);
  CHECK(*share(0, 10).high == Approx(0.2775).margin(1e-4));
  CHECK(*share(10, 10).high == 1);
  CHECK_FALSE(share(0, 0).low);
}

TEST_CASE("bootstrap intervals are the same each time and near the normal ones for a mean") {
  // 0 and 1 in turn, 400 of them: standard error 0.025, so about 0.5 -+ 0.049.
  const auto mean = [](Multiplicities counts) {
    double sum = 0;
    for (std::size_t i = 0; i < counts.size(); i += 2) sum += counts[i];
    return std::optional(sum / static_cast<double>(counts.size()));
  };
  const auto estimate = bootstrap(400, mean), again = bootstrap(400, mean);
  CHECK(estimate->value == 0.5);
  CHECK(*estimate->low == Approx(0.451).margin(0.01));
  CHECK(*estimate->high == Approx(0.549).margin(0.01));
  CHECK(*estimate->low == *again->low);
}

TEST_CASE("no interval is claimed when most resamples are undefined") {
  const auto first_only = [](Multiplicities counts) { return counts[0] > 0 ? std::optional(1.0) : std::nullopt; };
  const auto estimate = bootstrap(50, first_only);  // the first sample is missing from 36 % of the resamples
  REQUIRE(estimate);
  CHECK_FALSE(estimate->low);
}
