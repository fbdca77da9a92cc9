// ONNX Runtime on the exported models: the same class as the integer graph on nearly every row, and as accurate. Needs
// node and onnxruntime-node in build/node_modules; skips by name without them.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "lib/exec/interpreter.hpp"
#include "lib/ir/array_file.hpp"
#include "tests/export/round_trip.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr double least_agreement = 0.995, largest_accuracy_gap = 0.002;

using Rows = std::vector<std::vector<double>>;

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string environment_problem() {
  if (!find_program("node")) return "no node";
  if (!std::filesystem::is_directory("build/node_modules/onnxruntime-node")) return "no build/node_modules/onnxruntime-node";
  return {};
}

Rows ours(const Graph& graph, const DataSet& data) {
  Rows rows;
  for (std::int64_t i = 0; i < data.size(); ++i) rows.push_back((*interpret(graph, *data.sample(i)))[0].to_reals());
  return rows;
}

Rows of_onnxruntime(const std::string& model, const DataSet& data, std::size_t width) {
  auto folder = TemporaryFolder::make();
  REQUIRE(folder);
  const auto path = [&](const char* name) { return (folder->path() / name).string(); };
  std::string inputs;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const Bytes bytes = (*data.sample(i))[0].bytes;
    inputs.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  write_bytes(path("model.onnx"), model);
  write_bytes(path("inputs.bin"), inputs);
  std::string shape = "[";
  for (const std::int64_t extent : data.inputs()[0].type.shape.extents()) shape += (shape.size() > 1 ? "," : "") + std::to_string(extent);
  const auto process = run_process({"node", "tests/export/onnxruntime_run.js", path("model.onnx"), shape + "]",
                                    path("inputs.bin"), path("outputs.bin")},
                                   {.time = std::chrono::minutes(5)});
  REQUIRE(process);
  INFO(process->standard_error);
  REQUIRE(process->status == 0);
  std::ifstream file(path("outputs.bin"), std::ios::binary);
  Rows rows(static_cast<std::size_t>(data.size()), std::vector<double>(width));
  for (auto& row : rows)
    for (double& element : row) {
      float value = 0.0F;
      file.read(reinterpret_cast<char*>(&value), sizeof value);
      element = static_cast<double>(value);
    }
  REQUIRE(file);
  return rows;
}

std::size_t class_of(const std::vector<double>& scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

std::vector<double> labels_of(const Task& task, std::size_t count) {
  const std::size_t bracket = task.labels.find('['), colon = task.labels.find(':', bracket);
  const auto first = static_cast<std::size_t>(std::stoul(task.labels.substr(bracket + 1, colon - bracket - 1)));
  const auto all = read_npy(task.labels.substr(0, bracket));
  REQUIRE(all);
  const std::vector<double> labels = all->to_reals();
  const auto begin = labels.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

double share(const Rows& rows, const std::vector<double>& labels) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) right += static_cast<double>(class_of(rows[i])) == labels[i] ? 1U : 0U;
  return static_cast<double>(right) / static_cast<double>(rows.size());
}

double agreement(const Rows& a, const Rows& b) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += class_of(a[i]) == class_of(b[i]) ? 1U : 0U;
  return static_cast<double>(same) / static_cast<double>(a.size());
}

void check_task(const Task& task) {
  INFO(task.name);
  const BothWays both = both_ways(task);
  const DataSet data = open_data(task.data, task, both.imported);
  const Rows mine = ours(both.direct, data);
  const Rows theirs = of_onnxruntime(both.exported.bytes, data, mine[0].size());
  double signal = 0.0, noise = 0.0;
  for (std::size_t i = 0; i < mine.size(); ++i)
    for (std::size_t k = 0; k < mine[i].size(); ++k) {
      signal += mine[i][k] * mine[i][k];
      noise += (mine[i][k] - theirs[i][k]) * (mine[i][k] - theirs[i][k]);
    }
  std::string line = task.name + ": " + std::to_string(mine.size()) + " rows, relative difference " + std::to_string(std::sqrt(noise / signal));
  CHECK(std::sqrt(noise / signal) < 0.05);
  if (!task.labels.empty()) {
    const std::vector<double> labels = labels_of(task, mine.size());
    const double same = agreement(mine, theirs), gap = share(mine, labels) - share(theirs, labels);
    line += ", same class " + std::to_string(100.0 * same) + " %, accuracy " + std::to_string(100.0 * share(mine, labels)) +
            " % here and " + std::to_string(100.0 * share(theirs, labels)) + " % in ONNX Runtime";
    CHECK(same >= least_agreement);
    // One row of a small set is more than that.
    CHECK(std::abs(gap) <= std::max(largest_accuracy_gap, 1.001 / static_cast<double>(mine.size())));
  }
  WARN(line);
}

}  // namespace

TEST_CASE("ONNX Runtime answers as the integer graph does") {
  if (const std::string problem = environment_problem(); !problem.empty()) {
    WARN("skipped: " << problem);
    return;
  }
  check_task(digits());
  const std::vector<Task> tasks = mlperf_tasks();
  if (tasks.empty()) WARN("skipped: no ../shared/models/mlperf_tiny or no ../shared/datasets");
  for (const Task& task : tasks)
    if (!task.data.empty()) check_task(task);
}
