// Trees that need not be asked any more are not: counted where the walker looks up where a tree starts.
#include "lib/ops/support/tree_label.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"
#include "tree_vote_labels.hpp"

using namespace mote;

namespace {

constexpr std::int32_t tree_count = 21;

template <std::int32_t Classes>
struct Geometry {
  static constexpr std::int32_t rows = 1, columns = 1, trees = tree_count, classes = Classes, counts = Classes == 2 ? 1 : Classes;
  static constexpr std::int32_t count_bytes = 1, column_bytes = 1, skip_bytes = 1, leaf_bytes = 1;
  static constexpr bool has_jumps = false;
  static inline std::int32_t first_check{}, check_every{}, limit = tree_count / 2;
};

// One tree without decisions for each class, behind each other, and which of them every tree is.
struct Ballots {
  const std::vector<std::int32_t>* classes;
  int* asked;
  std::int32_t operator[](std::int32_t tree) const {
    ++*asked;
    return 4 * (*classes)[static_cast<std::size_t>(tree)];
  }
};

struct Answer {
  std::int64_t label = -1;
  int asked = 0;
};

template <std::int32_t Classes>
Answer answer_of(const std::vector<std::int32_t>& votes, bool asks) {
  using G = Geometry<Classes>;
  const ops::LabelChecks checks = ops::label_checks(tree_count, Classes > 2);
  G::first_check = asks ? static_cast<std::int32_t>(checks.first) : tree_count;
  G::check_every = static_cast<std::int32_t>(checks.every);
  std::vector<std::uint8_t> code;
  for (std::uint8_t target = 0; target < Classes; ++target)
    for (const std::uint8_t byte : {std::uint8_t{0xC0}, std::uint8_t{0}, target, target}) code.push_back(byte);
  const std::uint8_t x = 0;
  Answer answer;
  mote_kernels::tree_vote_labels(G{}, &x, code.data(), Ballots{&votes, &answer.asked}, nullptr, &answer.label);
  return answer;
}

template <std::int32_t Classes>
void compare_with_all_votes() {
  Rng rng(11);
  int early = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::int64_t favour = rng.integer(0, Classes - 1);
    const auto doubt = static_cast<std::uint32_t>(rng.integer(1, 4));
    std::vector<std::int32_t> votes;
    for (std::int32_t tree = 0; tree < tree_count; ++tree)
      votes.push_back(static_cast<std::int32_t>(rng.chance(doubt) ? favour : rng.integer(0, Classes - 1)));
    const Answer all = answer_of<Classes>(votes, false), some = answer_of<Classes>(votes, true);
    CHECK(all.asked == tree_count);
    CHECK(some.label == all.label);
    early += some.asked < tree_count ? 1 : 0;
  }
  CHECK(early > 500);
  CHECK(early < 2000);
}

}  // namespace

TEST_CASE("when all trees agree little more than half of them are asked") {
  CHECK(answer_of<2>(std::vector<std::int32_t>(tree_count, 1), true).asked == 11);
  CHECK(answer_of<2>(std::vector<std::int32_t>(tree_count, 0), true).asked == 11);
  CHECK(answer_of<5>(std::vector<std::int32_t>(tree_count, 3), true).asked == 12);
}

TEST_CASE("an early label of votes is that of all votes, ties included") {
  compare_with_all_votes<2>();
  compare_with_all_votes<5>();
}

TEST_CASE("few trees are asked to the end") {
  CHECK(ops::label_checks(7, false).first == 7);
  CHECK(ops::label_checks(15, true).first == 15);
}
