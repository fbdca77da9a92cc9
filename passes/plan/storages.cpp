#include "passes/plan/storages.hpp"

#include <algorithm>
#include <set>

#include "lib/ops/support/sparse_weights.hpp"
#include "lib/support/check.hpp"
#include "passes/plan/views.hpp"

namespace mote {
namespace {

// Builds the forest of "lies in": every value has at most one parent, with the offset of its first byte.
class Nesting {
 public:
  explicit Nesting(const Graph& graph) : graph_(graph), parents_(graph.values.size()) {
    interface_.insert(graph.inputs.begin(), graph.inputs.end());
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      const ValueId id{static_cast<std::uint32_t>(i)};
      if (graph.at(id).is_constant()) interface_.insert(id);
    }
  }

  void nest(ValueId inner, ValueId outer, std::int64_t offset) { parents_[*inner] = Parent{outer, offset}; }

  struct Place {
    ValueId owner{};
    std::int64_t offset = 0;
  };
  [[nodiscard]] Place place_of(ValueId value) const {
    Place place{value, 0};
    while (const auto& parent = parents_[*place.owner]) {
      place.offset += parent->offset;
      place.owner = parent->outer;
    }
    return place;
  }

  // Owners of outputs have the caller's buffer; inputs and constants are where they are.
  void settle_outputs() {
    for (const ValueId output : graph_.outputs) interface_.insert(place_of(output).owner);
  }

  // May the owner of `part` be moved into a larger tensor? It must be all of `part`, and free to lie anywhere.
  [[nodiscard]] std::optional<ValueId> movable_owner(ValueId part) const {
    const Place place = place_of(part);
    const bool whole = place.offset == 0 && graph_.at(place.owner).type.bytes() == graph_.at(part).type.bytes();
    if (!whole || interface_.contains(place.owner)) return std::nullopt;
    return place.owner;
  }

 private:
  struct Parent {
    ValueId outer{};
    std::int64_t offset = 0;
  };
  const Graph& graph_;
  std::vector<std::optional<Parent>> parents_;
  std::set<ValueId> interface_;
};

// Parts may be written straight into the concatenation when each of them is movable and occurs once.
bool nest_parts(const Node& node, const std::vector<View>& views, Nesting& nesting) {
  std::vector<ValueId> owners;
  for (const View& view : views) {
    const auto owner = nesting.movable_owner(node.inputs[view.input]);
    if (!owner || *owner == node.outputs[0] || std::ranges::find(owners, *owner) != owners.end()) return false;
    owners.push_back(*owner);
  }
  for (std::size_t i = 0; i < views.size(); ++i) nesting.nest(owners[i], node.outputs[0], views[i].offset);
  return true;
}

Nesting nest_values(const SeparatedGraph& separated, std::vector<bool>& needs_kernel) {
  const Graph& graph = separated.graph;
  Nesting nesting(graph);
  needs_kernel.assign(graph.nodes.size(), true);
  std::vector<std::size_t> joins;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const std::vector<View> views = separated.is_copy[i] ? std::vector<View>{} : kernel_free_views(graph, node);
    if (views.empty()) continue;
    if (views.front().kind == View::Kind::input_in_output) {
      joins.push_back(i);
      continue;
    }
    needs_kernel[i] = false;
    for (const View& view : views) {
      if (node.outputs[view.output]) nesting.nest(node.outputs[view.output], node.inputs[view.input], view.offset);
    }
  }
  // Only now is it known which owners the outputs have.
  nesting.settle_outputs();
  for (const std::size_t i : joins) {
    needs_kernel[i] = !nest_parts(graph.nodes[i], kernel_free_views(graph, graph.nodes[i]), nesting);
  }
  return nesting;
}

std::set<ValueId> values_in_use(const Graph& graph) {
  std::set<ValueId> used(graph.inputs.begin(), graph.inputs.end());
  used.insert(graph.outputs.begin(), graph.outputs.end());
  for (const Node& node : graph.nodes) {
    used.insert(node.inputs.begin(), node.inputs.end());
    used.insert(node.outputs.begin(), node.outputs.end());
  }
  used.erase(ValueId{});
  return used;
}

void set_home(Storage& storage, const Graph& graph) {
  const auto input = std::ranges::find(graph.inputs, storage.owner);
  if (graph.at(storage.owner).is_constant()) {
    storage.home = Home::constant;
  } else if (input != graph.inputs.end()) {
    storage.home = Home::caller_input;
    storage.index = static_cast<std::size_t>(input - graph.inputs.begin());
  }
}

// Values that kernels read by words, which where they lie across two take a cycle or two more.
void align_words(const Graph& graph, StorageMap& map) {
  for (const Node& node : graph.nodes) {
    if (!ops::reads_quads({graph, node})) continue;
    std::int64_t& alignment = map.storages[map.ranges[*node.inputs[0]]->storage].alignment;
    alignment = std::max(alignment, ops::quad_inputs);
  }
}

}  // namespace

StorageMap map_storages(const SeparatedGraph& separated) {
  const Graph& graph = separated.graph;
  StorageMap map;
  const Nesting nesting = nest_values(separated, map.needs_kernel);
  map.ranges.resize(graph.values.size());
  std::vector<std::optional<std::size_t>> storage_of(graph.values.size());
  for (const ValueId value : values_in_use(graph)) {
    const auto [owner, offset] = nesting.place_of(value);
    std::optional<std::size_t>& storage = storage_of[*owner];
    if (!storage) {
      storage = map.storages.size();
      map.storages.push_back({.owner = owner, .bytes = graph.at(owner).type.bytes()});
      set_home(map.storages.back(), graph);
    }
    map.ranges[*value] = ValueRange{.storage = *storage, .offset = offset};
    std::int64_t& alignment = map.storages[*storage].alignment;
    alignment = std::max(alignment, byte_size(graph.at(value).type.dtype));
  }
  align_words(graph, map);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    Storage& storage = map.storages[map.ranges[*graph.outputs[i]]->storage];
    MOTE_CHECK(storage.home == Home::arena);
    storage.home = Home::caller_output;
    storage.index = i;
  }
  return map;
}

}  // namespace mote
