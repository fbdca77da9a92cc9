// Every vector of ONNX through importer and interpreter; the result is written down in coverage.md, which is checked to
// be up to date. MOTE_UPDATE=1 rewrites it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/conformance/coverage.hpp"
#include "tests/conformance/vectors.hpp"

using namespace mote;
using namespace mote::conformance;

namespace {

constexpr const char* table_path = "tests/conformance/coverage.md";

std::string committed_table() {
  std::ifstream file(table_path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

const std::vector<Outcome>& outcomes() {
  static const std::vector<Outcome> all = [] {
    std::vector<Outcome> list;
    for (const VectorCase& vector_case : list_cases(*vectors_root())) list.push_back(run_case(vector_case));
    return list;
  }();
  return all;
}

bool vectors_missing() {
  if (vectors_root()) return false;
  WARN("SKIPPED conformance: the package libonnx-testdata is not installed");
  return true;
}

// The operators of ordinary networks: none of their vectors may give wrong numbers.
constexpr std::string_view spine[] = {
    "Add", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv",
    "DequantizeLinear", "Div", "Dropout", "Flatten", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool",
    "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "MatMul", "Max", "MaxPool", "Min", "Mul", "Pad", "Pow",
    "QuantizeLinear", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Shape", "Sigmoid", "Slice", "Softmax",
    "Split", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze"};

}  // namespace

TEST_CASE("no vector of an operator of the spine gives wrong numbers") {
  if (vectors_missing()) return;
  for (const Outcome& outcome : outcomes()) {
    const bool in_spine = std::ranges::any_of(outcome.operators, [](const std::string& op) {
      return std::ranges::find(spine, op) != std::end(spine);
    });
    INFO(outcome.group << "/" << outcome.name << ": " << outcome.reason);
    if (in_spine) CHECK(outcome.verdict != Verdict::failed);
  }
}

TEST_CASE("the table of coverage is up to date") {
  if (vectors_missing()) return;
  const std::string table = coverage_table(outcomes());
  if (std::getenv("MOTE_UPDATE") != nullptr) std::ofstream(table_path) << table;
  const bool up_to_date = committed_table() == table;
  INFO("run test_conformance with MOTE_UPDATE=1 to rewrite " << table_path);
  CHECK(up_to_date);
}
