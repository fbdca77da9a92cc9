#include "passes/plan/schedule.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>

#include "lib/support/check.hpp"

namespace mote {
namespace {

using TaskSet = std::vector<std::uint64_t>;
bool contains(const TaskSet& set, std::size_t task) { return (set[task / 64] >> (task % 64) & 1U) != 0; }
void insert(TaskSet& set, std::size_t task) { set[task / 64] |= std::uint64_t{1} << (task % 64); }

// Who touches a storage; what follows a task.
struct Uses {
  std::vector<std::vector<std::size_t>> writers{}, users{}, successors{};
};

Uses uses_of(const TaskGraph& graph) {
  Uses uses;
  uses.writers.resize(graph.storage_bytes.size());
  uses.users.resize(graph.storage_bytes.size());
  uses.successors.resize(graph.tasks.size());
  for (std::size_t i = 0; i < graph.tasks.size(); ++i) {
    const Task& task = graph.tasks[i];
    for (const std::size_t before : task.after) uses.successors[before].push_back(i);
    for (const std::size_t storage : task.writes) uses.writers[storage].push_back(i);
    for (const std::size_t storage : task.writes) uses.users[storage].push_back(i);
    for (const std::size_t storage : task.reads) uses.users[storage].push_back(i);
  }
  return uses;
}

// What running a task does to memory when `done` has run.
struct Effect {
  std::int64_t during = 0, after = 0;
};

class Memory {
 public:
  explicit Memory(const TaskGraph& graph) : graph_(graph), uses_(uses_of(graph)) {}

  [[nodiscard]] const std::vector<std::size_t>& successors(std::size_t task) const { return uses_.successors[task]; }

  [[nodiscard]] Effect effect(std::size_t index, const TaskSet& done, std::int64_t live) const {
    const Task& task = graph_.tasks[index];
    std::int64_t born = 0;
    std::int64_t dying = 0;
    for (const std::size_t storage : task.writes) {
      if (is_new(storage, done)) born += graph_.storage_bytes[storage];
      if (is_last_use(storage, index, done)) dying += graph_.storage_bytes[storage];
    }
    for (const std::size_t storage : task.reads) {
      const bool written_too = std::ranges::find(task.writes, storage) != task.writes.end();
      if (!written_too && is_last_use(storage, index, done)) dying += graph_.storage_bytes[storage];
    }
    std::int64_t shared = 0;
    for (const SharedBytes& pair : task.shared) {
      if (is_new(pair.output, done) && is_last_use(pair.operand, index, done)) shared = std::max(shared, pair.bytes);
    }
    return {.during = live + born + task.scratch_bytes - shared, .after = live + born - dying};
  }

 private:
  [[nodiscard]] bool is_new(std::size_t storage, const TaskSet& done) const {
    return std::ranges::none_of(uses_.writers[storage], [&](std::size_t task) { return contains(done, task); });
  }
  [[nodiscard]] bool is_last_use(std::size_t storage, std::size_t index, const TaskSet& done) const {
    // From the back: among many users, the later ones are the likeliest to be still ahead.
    const std::vector<std::size_t>& users = uses_.users[storage];
    return std::all_of(users.rbegin(), users.rend(),
                       [&](std::size_t task) { return task == index || contains(done, task); });
  }

  const TaskGraph& graph_;
  Uses uses_;
};

// How a set was reached, to walk back from the last one.
struct Link {
  std::size_t before = 0;  // index into the links
  std::size_t task = 0;
};

struct State {
  TaskSet done{};
  std::vector<std::size_t> ready{};  // ascending
  std::int64_t live = 0, peak = 0;
  std::size_t link = 0;
};

class LevelSearch {
 public:
  LevelSearch(const TaskGraph& graph, std::size_t width) : graph_(graph), memory_(graph), width_(width) {}

  std::vector<std::size_t> run() {
    std::vector<State> level{start()};
    links_.push_back({});
    for (std::size_t i = 0; i < graph_.tasks.size(); ++i) level = next_level(level);
    std::vector<std::size_t> order;
    for (std::size_t link = level.front().link; link != 0; link = links_[link].before)
      order.push_back(links_[link].task);
    std::ranges::reverse(order);
    return order;
  }

 private:
  [[nodiscard]] State start() const {
    State state{.done = TaskSet(graph_.tasks.size() / 64 + 1, 0)};
    // No order gets below what one task needs alone, so up to there a higher peak costs nothing.
    for (const Task& task : graph_.tasks) state.peak = std::max(state.peak, bytes_alone(task));
    for (std::size_t i = 0; i < graph_.tasks.size(); ++i) {
      if (graph_.tasks[i].after.empty()) state.ready.push_back(i);
    }
    return state;
  }

  [[nodiscard]] std::int64_t bytes_alone(const Task& task) const {
    std::int64_t bytes = task.scratch_bytes;
    for (const std::size_t storage : task.writes) bytes += graph_.storage_bytes[storage];
    for (const std::size_t storage : task.reads) {
      const bool written_too = std::ranges::find(task.writes, storage) != task.writes.end();
      if (!written_too) bytes += graph_.storage_bytes[storage];
    }
    std::int64_t shared = 0;
    for (const SharedBytes& pair : task.shared) shared = std::max(shared, pair.bytes);
    return bytes - shared;
  }

  struct Candidate {
    std::size_t state = 0, task = 0;
    std::int64_t live = 0, peak = 0;
  };

  // States are large, so only the best candidates become states, and of those that reach the same set only the first.
  std::vector<State> next_level(const std::vector<State>& level) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < level.size(); ++i) add_candidates(level[i], i, candidates);
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
      return a.peak != b.peak ? a.peak < b.peak : a.live < b.live;
    });
    std::vector<State> next;
    std::set<TaskSet> reached;
    for (const Candidate& candidate : candidates) {
      if (next.size() == width_) break;
      TaskSet done = level[candidate.state].done;
      insert(done, candidate.task);
      if (!reached.insert(done).second) continue;
      next.push_back(state_after(level[candidate.state], candidate, std::move(done)));
    }
    return next;
  }

  // A task that raises neither the peak nor what stays alive can as well run now: whatever runs before it in some
  // order does not get less room when it runs first.
  void add_candidates(const State& state, std::size_t index, std::vector<Candidate>& candidates) const {
    const std::size_t first = candidates.size();
    for (const std::size_t task : std::span(state.ready).first(std::min(state.ready.size(), most_tried))) {
      const Effect effect = memory_.effect(task, state.done, state.live);
      const bool harmless = effect.during <= state.peak && effect.after <= state.live;
      if (harmless) candidates.resize(first);
      candidates.push_back(
          {.state = index, .task = task, .live = effect.after, .peak = std::max(state.peak, effect.during)});
      if (harmless) return;
    }
  }

  State state_after(const State& before, const Candidate& candidate, TaskSet done) {
    links_.push_back({.before = before.link, .task = candidate.task});
    State state{.done = std::move(done),
                .ready = before.ready,
                .live = candidate.live,
                .peak = candidate.peak,
                .link = links_.size() - 1};
    std::erase(state.ready, candidate.task);
    for (const std::size_t successor : memory_.successors(candidate.task)) {
      const bool ready = std::ranges::all_of(graph_.tasks[successor].after,
                                             [&](std::size_t task) { return contains(state.done, task); });
      if (ready) state.ready.insert(std::ranges::upper_bound(state.ready, successor), successor);
    }
    return state;
  }

  // With more tasks ready than this, the number of sets is out of reach anyway.
  static constexpr std::size_t most_tried = 64;

  const TaskGraph& graph_;
  Memory memory_;
  std::size_t width_;
  std::vector<Link> links_;
};

}  // namespace

std::int64_t peak_of(const TaskGraph& graph, const std::vector<std::size_t>& order) {
  const Memory memory(graph);
  TaskSet done(graph.tasks.size() / 64 + 1, 0);
  std::int64_t live = 0;
  std::int64_t peak = 0;
  for (const std::size_t task : order) {
    const Effect effect = memory.effect(task, done, live);
    peak = std::max(peak, effect.during);
    live = effect.after;
    insert(done, task);
  }
  return peak;
}

std::vector<std::size_t> schedule(const TaskGraph& graph, std::int64_t most_sets) {
  std::vector<std::size_t> given(graph.tasks.size());
  std::iota(given.begin(), given.end(), std::size_t{0});
  if (given.empty()) return given;
  const std::int64_t width = std::max<std::int64_t>(most_sets / static_cast<std::int64_t>(given.size()), 1);
  std::vector<std::size_t> found = LevelSearch(graph, static_cast<std::size_t>(width)).run();
  MOTE_CHECK(found.size() == given.size());
  return peak_of(graph, found) < peak_of(graph, given) ? found : given;
}

}  // namespace mote
