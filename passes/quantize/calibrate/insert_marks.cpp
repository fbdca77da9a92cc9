#include "passes/quantize/calibrate/insert_marks.hpp"

#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

class Inserter {
 public:
  Inserter(Graph graph, const Marking& marking, const GridOfGroup& grids)
      : graph_(std::move(graph)), marking_(marking), grids_(grids) {}

  Graph run() && {
    std::vector<Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (const ValueId id : graph_.inputs) quantize(id, {});
    for (Node& node : nodes) {
      for (ValueId& id : node.inputs)
        if (const auto found = quantized_.find(id ? *id : graph_.values.size()); found != quantized_.end()) id = found->second;
      graph_.nodes.push_back(node);
      for (const ValueId id : node.outputs)
        if (id) quantize(id, node.origin);
    }
    for (ValueId& id : graph_.outputs) {
      const auto found = quantized_.find(*id);
      if (found == quantized_.end()) continue;
      std::swap(graph_.at(id).name, graph_.at(found->second).name);
      id = found->second;
    }
    return std::move(graph_);
  }

 private:
  void quantize(ValueId id, const Locus& origin) {
    if (*id >= marking_.marked.size() || !marking_.is_marked(id)) return;
    const ValueId result = graph_.add_value(graph_.at(id).name, graph_.at(id).type);
    quantized_[*id] = result;
    const Grid& grid = grids_.at(marking_.group[*id]);
    graph_.nodes.push_back(
        {.op = find_op("FakeQuantize"), .attrs = attrs_of(grid), .inputs = {id}, .outputs = {result}, .origin = origin});
  }

  Graph graph_;
  const Marking& marking_;
  const GridOfGroup& grids_;
  std::map<std::size_t, ValueId> quantized_{};
};

}  // namespace

Graph insert_marks(Graph graph, const Marking& marking, const GridOfGroup& grids) {
  return Inserter(std::move(graph), marking, grids).run();
}

}  // namespace mote
