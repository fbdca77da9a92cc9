#include "lib/data/labels.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

DataSet four_samples(RowRange rows = {}) {
  const auto set = DataSet::open({.sources = {write_npy("labelled.npy", counting({4, 2}))}, .preprocess = {}, .rows = rows},
                                 graph_with({{"x", floats({1, 2})}}));
  REQUIRE(set);
  return *set;
}

Labels labels_of(const std::string& path, const DataSet& set, Task task = Task::automatic) {
  const auto labels = read_labels(path, set, task);
  if (!labels) FAIL(render(labels.error()));
  return *labels;
}

}  // namespace

TEST_CASE("whole numbers are classes, others are numbers to predict") {
  const std::string classes = write_npy("classes.npy", tensor<std::int64_t>(DType::s64, {4}, {0, 2, 1, 0}));
  CHECK(labels_of(classes, four_samples()).classes == std::vector<std::int64_t>{0, 2, 1, 0});
  CHECK(labels_of(write("classes.csv", "label\n0\n2\n1\n0\n"), four_samples()).task == Task::classification);
  const Labels numbers = labels_of(write_npy("numbers.npy", counting({4, 3})), four_samples());
  CHECK(numbers.task == Task::regression);
  CHECK(numbers.elements == 3);
  CHECK(labels_of(classes, four_samples(), Task::regression).values == std::vector<double>{0, 2, 1, 0});
}

TEST_CASE("labels of the whole file are cut like the samples, labels of the chosen rows are taken as they are") {
  const std::string all = write("all.csv", "0\n1\n2\n3\n");
  CHECK(labels_of(all, four_samples({1, 3})).classes == std::vector<std::int64_t>{1, 2});
  CHECK(labels_of(write("chosen.csv", "7\n8\n"), four_samples({1, 3})).classes == std::vector<std::int64_t>{7, 8});
}

TEST_CASE("rows behind the name of a file choose its labels, as they choose samples") {
  const std::string six = write("six.csv", "0\n1\n2\n3\n4\n5\n");
  CHECK(labels_of(six + "[2:6]", four_samples()).classes == std::vector<std::int64_t>{2, 3, 4, 5});
  CHECK(labels_of(six + "[2:]", four_samples({1, 3})).classes == std::vector<std::int64_t>{3, 4});
  CHECK(labels_of(six + "[:2]", four_samples({1, 3})).classes == std::vector<std::int64_t>{0, 1});
  const auto beyond = read_labels(six + "[4:8]", four_samples(), Task::automatic);
  REQUIRE_FALSE(beyond);
  CHECK_THAT(beyond.error().message, Contains("rows 4:8 are asked for, it holds 6"));
  const auto slices = read_slices(write("sliced.csv", "site\nZ\nA\nB\nA\nA\n") + "[1:]", {}, four_samples());
  REQUIRE(slices);
  CHECK(slices->front().values == std::vector<std::string>{"A", "B", "A", "A"});
}

TEST_CASE("a wrong count, a negative class and NaN are refused by file and row") {
  const auto count = read_labels(write("three.csv", "0\n1\n2\n"), four_samples(), Task::automatic);
  REQUIRE_FALSE(count);
  CHECK_THAT(count.error().message, Contains("3 rows") && Contains("4 samples"));
  const auto negative = read_labels(write("negative.csv", "0\n1\n-2\n0\n"), four_samples(), Task::automatic);
  REQUIRE_FALSE(negative);
  CHECK_THAT(negative.error().message, Contains("row 2"));
  Tensor broken = counting({4});
  broken.as<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(read_labels(write_npy("nan_labels.npy", broken), four_samples(), Task::automatic));
}

TEST_CASE("slices come from the named columns, or from all with few values") {
  const std::string file = write("meta.csv", "site,age,name\nA,1,w\nB,2,x\nA,3,y\nA,4,z\n");
  const auto one = read_slices(file, {"site"}, four_samples());
  REQUIRE(one);
  REQUIRE(one->size() == 1);
  CHECK(one->front().values == std::vector<std::string>{"A", "B", "A", "A"});
  CHECK(read_slices(file, {}, four_samples())->size() == 3);
  CHECK(read_slices(file, {"site"}, four_samples({1, 3}))->front().values == std::vector<std::string>{"B", "A"});
  const auto unknown = read_slices(file, {"sites"}, four_samples());
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().help == std::vector<std::string>{"site"});
}
