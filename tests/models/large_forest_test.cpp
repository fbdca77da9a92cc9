// An ensemble of a thousand trees, a megabyte of ONNX: how much code it becomes, how that is divided into functions that
// compilers take in their stride, and that its answers stay the same.
#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/support/rng.hpp"
#include "lib/support/word_list.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/row_program.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr std::int64_t trees = 1000, features = 64, classes = 10, leaves_of_a_tree = 6;

struct Lists {
  std::vector<std::int64_t> trees, nodes, features, yes, no, weight_trees, weight_nodes, weight_targets;
  std::vector<std::string> modes;
  std::vector<float> values, weights;
};

void add_node(Lists& lists, std::int64_t tree, std::int64_t node, bool leaf, Rng& rng) {
  lists.trees.push_back(tree);
  lists.nodes.push_back(node);
  lists.features.push_back(leaf ? 0 : rng.integer(0, features - 1));
  lists.modes.push_back(leaf ? "LEAF" : "BRANCH_LEQ");
  lists.values.push_back(leaf ? 0.0F : static_cast<float>(rng.integer(0, 15)) + 0.5F);
  lists.yes.push_back(leaf ? 0 : node + 1);
  lists.no.push_back(leaf ? 0 : node + 2);
}

// Shares of twelfths, so that ties happen.
void add_leaf_weights(Lists& lists, std::int64_t tree, std::int64_t node, Rng& rng) {
  std::int64_t left = 12;
  for (std::int64_t target = rng.integer(0, 3); left > 0; target += rng.integer(1, 3)) {
    const std::int64_t share = target + 3 >= classes ? left : rng.integer(1, left);
    left -= share;
    lists.weight_trees.push_back(tree);
    lists.weight_nodes.push_back(node);
    lists.weight_targets.push_back(target);
    lists.weights.push_back(static_cast<float>(static_cast<double>(share) / (12.0 * static_cast<double>(trees))));
  }
}

// Each decision has a leaf on its left and the next decision on its right: node 2k decides, node 2k + 1 is its leaf.
Lists random_forest() {
  Rng rng(1000);
  Lists lists;
  for (std::int64_t tree = 0; tree < trees; ++tree)
    for (std::int64_t node = 0; node < 2 * leaves_of_a_tree - 1; ++node) {
      const bool leaf = node % 2 == 1 || node == 2 * leaves_of_a_tree - 2;
      add_node(lists, tree, node, leaf, rng);
      if (leaf) add_leaf_weights(lists, tree, node, rng);
    }
  return lists;
}

Graph forest(std::int64_t rows) {
  const Lists lists = random_forest();
  std::vector<std::int64_t> labels;
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(label);
  const Sample sample{.attrs = {{"nodes_treeids", lists.trees},
                                {"nodes_nodeids", lists.nodes},
                                {"nodes_featureids", lists.features},
                                {"nodes_truenodeids", lists.yes},
                                {"nodes_falsenodeids", lists.no},
                                {"nodes_modes", joined_words(lists.modes)},
                                {"nodes_values", lists.values},
                                {"class_treeids", lists.weight_trees},
                                {"class_nodeids", lists.weight_nodes},
                                {"class_ids", lists.weight_targets},
                                {"class_weights", lists.weights},
                                {"classlabels_int64s", labels},
                                {"post_transform", std::string("NONE")}},
                      .inputs = {{.type = {.dtype = DType::f32, .shape = *Shape::make({rows, features})}}},
                      .outputs = 2};
  Graph graph = *single_node(*find_op("TreeEnsembleClassifier"), sample);
  graph.outputs.resize(1);  // the label
  return graph;
}

Tensor random_rows(std::int64_t rows) {
  Rng rng(7);
  Tensor x = Tensor::zeros(DType::f32, *Shape::make({rows, features}));
  for (float& value : x.as<float>()) value = static_cast<float>(rng.integer(0, 32)) * 0.5F;
  return x;
}

std::size_t source_bytes(const FileTree& drop) {
  std::size_t bytes = 0;
  for (const auto& [name, text] : drop)
    if (name.starts_with("src/network")) bytes += text.size();
  return bytes;
}

// The lines of the longest function of trees.
std::ptrdiff_t longest_function(const std::string& source) {
  std::ptrdiff_t longest = 0;
  for (std::size_t at = source.find("MOTE_SEPARATE "); at != std::string::npos; at = source.find("MOTE_SEPARATE ", at + 1)) {
    const std::size_t end = source.find("\n}\n", at);
    longest = std::max(longest, std::count(source.begin() + static_cast<std::ptrdiff_t>(at), source.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
  }
  return longest;
}

}  // namespace

TEST_CASE("a thousand trees compile to functions of bounded length, or to a table, with the same labels") {
  constexpr std::int64_t rows = 200;
  const Tensor x = random_rows(rows);
  const auto expected = interpret(forest(rows), std::vector{x});
  REQUIRE(expected);
  const Graph one = forest(1);
  const auto target = find_target("stm32f091rc");
  for (const Optimize optimize : {Optimize::speed, Optimize::size}) {
    const auto drop = drop_of(one, *target, {}, optimize);
    INFO((drop ? std::string() : render(drop.error())));
    REQUIRE(drop);
    const std::string& source = drop->at("src/network_network.cpp");
    if (optimize == Optimize::speed) {
      CHECK(longest_function(source) > 100);  // trees share functions
      CHECK(longest_function(source) < 1000);
    } else {
      CHECK(source.size() < 10'000);
    }
    CHECK(source_bytes(*drop) < 3'000'000);
    CHECK(run_on_rows(*drop, one, x.bytes) == (*expected)[0].bytes);
  }
}
