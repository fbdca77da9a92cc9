#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

// What becomes of the weights of the leaves that a row of a tree ensemble ends in; support/tree_scores.hpp does it.
namespace mote::ops {

enum class TreeAggregate : std::uint8_t { sum, average, minimum, maximum };
enum class PostTransform : std::uint8_t { none, softmax, logistic, softmax_zero, probit };
inline constexpr std::array<std::string_view, 5> post_transform_words{"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO",
                                                                      "PROBIT"};

struct ScoreRule {
  std::int64_t targets = 1;  // scores of a row
  TreeAggregate aggregate = TreeAggregate::sum;
  PostTransform post_transform = PostTransform::none;
  std::vector<double> base_values{};
  bool classifies = false;
  // Two classes, but weights for one of them only: the score is the second class's.
  bool one_class_weighted = false;
  bool no_negative_weight = false;
};

// One target of a row. `present`: some leaf had a weight for it.
template <class T>
struct TreeScore {
  T value{0};
  bool present = false;
};

template <class T>
void add_weight(TreeAggregate aggregate, TreeScore<T>& score, T weight) {
  switch (aggregate) {
    case TreeAggregate::sum:
    case TreeAggregate::average: score.value += weight; break;
    case TreeAggregate::minimum: score.value = !score.present || weight < score.value ? weight : score.value; break;
    case TreeAggregate::maximum: score.value = !score.present || weight > score.value ? weight : score.value; break;
  }
  score.present = true;
}

}  // namespace mote::ops
