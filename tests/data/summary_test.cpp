#include "lib/data/summary.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

const Graph pair_model = graph_with({{"x", floats({1, 2})}});

DataSet opened(const std::string& file, PreprocessMap how = {}) {
  auto set = DataSet::open({.sources = {file}, .preprocess = std::move(how), .rows = {}}, pair_model);
  if (!set) FAIL(render(set.error()));
  return *set;
}

DataSummary summary_of(const DataSet& set) {
  const auto summary = summarize(set);
  REQUIRE(summary);
  return *summary;
}

std::string warnings_of(const DataSet& set, std::int64_t enough = enough_samples) {
  std::string text;
  for (const Diagnostic& warning : warnings(set, summary_of(set), enough)) {
    CHECK(warning.severity == Severity::warning);
    text += render(warning);
  }
  return text;
}

}  // namespace

TEST_CASE("range, mean and deviation are those of all elements") {
  // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, deviation 2.
  const DataSet set = opened(write_npy("moments.npy", tensor<float>(DType::f32, {4, 2}, {2, 4, 4, 4, 5, 5, 7, 9})));
  const DataSummary summary = summary_of(set);
  CHECK(summary.samples == 4);
  CHECK(summary.inputs[0].minimum == 2);
  CHECK(summary.inputs[0].maximum == 9);
  CHECK(summary.inputs[0].mean == Approx(5));
  CHECK(summary.inputs[0].deviation == Approx(2));
  CHECK(summary.inputs[0].whole_numbers);
  CHECK_FALSE(summary.equal_rows);
}

TEST_CASE("the hash is of the numbers that the model sees, not of the file") {
  const Tensor rows = counting({4, 2});
  const std::string hash = summary_of(opened(write_npy("hash.npy", rows))).sha256;
  CHECK(hash.size() == 64);
  CHECK(summary_of(opened(write_npy("hash64.npy", convert(rows, DType::f64)))).sha256 == hash);
  CHECK(summary_of(opened(write("hash.csv", "0,1\n2,3\n4,5\n6,7\n"))).sha256 == hash);
  CHECK(summary_of(opened(write("other.csv", "0,1\n2,3\n4,5\n6,8\n"))).sha256 != hash);
  CHECK(summary_of(opened(scratch("hash.npy"), {{"x", {.scale = {2}, .mean = {}, .layout = {}, .given = true}}})).sha256 != hash);
}

TEST_CASE("few, constant and equal samples are warned of by name") {
  CHECK_THAT(warnings_of(opened(write_npy("few.npy", counting({4, 2})))), Contains("only 4 samples"));
  CHECK(warnings_of(opened(write_npy("few.npy", counting({4, 2}))), 4).empty());
  CHECK_THAT(warnings_of(opened(write("constant.csv", "3,3\n3,3\n"))), Contains("every value is 3") && Contains("constant.csv"));
  CHECK_THAT(warnings_of(opened(write("equal.csv", "1,2\n1,2\n"))), Contains("all 2 samples are equal"));
}

TEST_CASE("raw bytes in a float input are warned of, unless the preprocessing is given") {
  const std::string file = write("raw.csv", "0,255\n128,7\n");
  CHECK_THAT(warnings_of(opened(file), 1), Contains("raw image bytes"));
  CHECK(warnings_of(opened(file, {{"x", {.scale = {1}, .mean = {}, .layout = {}, .given = true}}}), 1).empty());
}

TEST_CASE("a NaN anywhere in the set is found") {
  Tensor rows = counting({40, 2});
  rows.as<float>()[79] = std::numeric_limits<float>::quiet_NaN();
  const auto summary = summarize(opened(write_npy("late.npy", rows)));
  REQUIRE_FALSE(summary);
  CHECK_THAT(summary.error().message, Contains("row 39"));
}
