#pragma once
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"
#include "tests/models/golden.hpp"

// The decision-tree ensembles of ../shared and what ONNX Runtime makes of their test sets.
namespace mote::test {

struct Forest {
  std::string name;
  fs::path model, goldens;
};

[[nodiscard]] std::vector<Forest> forests();

// A model for many rows at once, with the first ones of its test set.
struct Loaded {
  Graph graph;
  std::vector<Tensor> inputs, outputs;
};

// Throws what is wrong.
[[nodiscard]] Loaded load(const Forest& forest, std::int64_t most_rows = 1'000'000);

}  // namespace mote::test
