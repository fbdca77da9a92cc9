#include "passes/plan/schedule.hpp"

#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

// Every task writes one storage of its own and reads those of its predecessors.
TaskGraph random_tasks(Rng& rng, std::size_t count) {
  TaskGraph graph;
  for (std::size_t i = 0; i < count; ++i) {
    Task task{.after = {}, .reads = {}, .writes = {i}, .scratch_bytes = rng.chance(5) ? rng.integer(1, 20) : 0};
    for (std::size_t before = 0; before < i; ++before) {
      if (rng.chance(3)) task.after.push_back(before);
    }
    task.reads = task.after;
    if (!task.reads.empty() && rng.chance(2)) {
      task.shared.push_back({.operand = task.reads.front(), .output = i, .bytes = rng.integer(1, 9)});
    }
    graph.storage_bytes.push_back(rng.integer(0, 50));
    graph.tasks.push_back(std::move(task));
  }
  return graph;
}

bool topological(const TaskGraph& graph, const std::vector<std::size_t>& order) {
  std::vector<bool> done(graph.tasks.size(), false);
  for (const std::size_t task : order) {
    if (done[task] || !std::ranges::all_of(graph.tasks[task].after, [&](std::size_t t) { return bool(done[t]); })) {
      return false;
    }
    done[task] = true;
  }
  return order.size() == graph.tasks.size();
}

// The smallest peak over all orders, by trying them all.
std::int64_t smallest_peak(const TaskGraph& graph) {
  std::vector<std::size_t> order(graph.tasks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::int64_t best = peak_of(graph, order);
  while (std::next_permutation(order.begin(), order.end())) {
    if (topological(graph, order)) best = std::min(best, peak_of(graph, order));
  }
  return best;
}

// `branches` chains of three tasks between a source and a sink.
TaskGraph parallel_chains(std::size_t branches) {
  TaskGraph graph{.tasks = {{.writes = {0}}}, .storage_bytes = {1}};
  Task sink;
  for (std::size_t branch = 0; branch < branches; ++branch) {
    std::size_t before = 0;
    for (const std::int64_t bytes : {60, 90, 4}) {
      const std::size_t task = graph.tasks.size();
      graph.tasks.push_back({.after = {before}, .reads = {before}, .writes = {task}});
      graph.storage_bytes.push_back(bytes);
      before = task;
    }
    sink.after.push_back(before);
    sink.reads.push_back(before);
  }
  sink.writes = {graph.tasks.size()};
  graph.tasks.push_back(sink);
  graph.storage_bytes.push_back(1);
  return graph;
}

}  // namespace

TEST_CASE("the peak counts what is alive while a task runs") {
  const TaskGraph chain{.tasks = {{.writes = {0}},
                                  {.after = {0}, .reads = {0}, .writes = {1}, .scratch_bytes = 5},
                                  {.after = {1}, .reads = {1}, .writes = {2}}},
                        .storage_bytes = {10, 20, 30}};
  CHECK(peak_of(chain, {0, 1, 2}) == 50);
}

TEST_CASE("small graphs get the best of all orders") {
  Rng rng(11);
  for (int i = 0; i < 150; ++i) {
    const TaskGraph graph = random_tasks(rng, 7);
    const auto order = schedule(graph, 100'000);
    INFO("graph " << i);
    REQUIRE(topological(graph, order));
    CHECK(peak_of(graph, order) == smallest_peak(graph));
  }
}

TEST_CASE("parallel branches run one after the other") {
  for (const std::size_t branches : {2U, 5U, 12U, 24U}) {
    const TaskGraph graph = parallel_chains(branches);
    const auto order = schedule(graph, 100'000);
    REQUIRE(topological(graph, order));
    // The source, the small ends of all branches but one, and the two large tensors of one branch.
    CHECK(peak_of(graph, order) == 1 + 4 * static_cast<std::int64_t>(branches - 1) + 150 - 1);
  }
}

TEST_CASE("an order that cannot be improved is kept as it is") {
  TaskGraph chain;
  for (std::size_t i = 0; i < 50; ++i) {
    chain.tasks.push_back({.after = {}, .reads = {}, .writes = {i}});
    if (i > 0) chain.tasks.back().after = chain.tasks.back().reads = {i - 1};
    chain.storage_bytes.push_back(7);
  }
  std::vector<std::size_t> given(50);
  std::iota(given.begin(), given.end(), std::size_t{0});
  CHECK(schedule(chain, 1000) == given);
}
