#include "lib/plan/check_contents.hpp"

#include <algorithm>

#include "lib/ops/op_def.hpp"

namespace mote {
namespace {

using Contents = std::vector<Content>;

// Bytes [offset, offset + bytes) of a sequence of contents; shorter when the sequence ends before.
Contents slice(const Contents& whole, std::int64_t offset, std::int64_t bytes) {
  Contents part;
  std::int64_t at = 0;
  for (const Content& run : whole) {
    const std::int64_t begin = std::max(offset, at);
    const std::int64_t end = std::min(offset + bytes, at + run.bytes);
    if (begin < end) part.push_back({.value = run.value, .offset = run.offset + begin - at, .bytes = end - begin});
    at += run.bytes;
  }
  return part;
}

std::int64_t total(const Contents& contents) {
  std::int64_t bytes = 0;
  for (const Content& run : contents) bytes += run.bytes;
  return bytes;
}

// The inputs in order of their place in the output; empty when they leave a gap or overlap.
Contents joined(const Node& node, std::vector<View> views, const std::vector<Contents>& contents) {
  std::ranges::stable_sort(views, {}, &View::offset);
  Contents whole;
  std::int64_t at = 0;
  for (const View& view : views) {
    const Contents& part = contents[*node.inputs[view.input]];
    if (view.offset != at) return {};
    at += total(part);
    whole.insert(whole.end(), part.begin(), part.end());
  }
  return whole;
}

Contents content_of_output(const Graph& graph, const Node& node, std::size_t output, const std::vector<View>& views,
                           const std::vector<Contents>& contents) {
  std::vector<View> parts;
  for (const View& view : views) {
    if (view.output != output) continue;
    if (view.kind == View::Kind::input_in_output) {
      parts.push_back(view);
    } else {
      return slice(contents[*node.inputs[view.input]], view.offset, graph.at(node.outputs[output]).type.bytes());
    }
  }
  return joined(node, std::move(parts), contents);
}

}  // namespace

Result<std::vector<Contents>> contents_of(const Graph& graph, const std::vector<bool>& has_step) {
  std::vector<Contents> contents(graph.values.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id{static_cast<std::uint32_t>(i)};
    contents[i] = {{.value = id, .offset = 0, .bytes = graph.at(id).type.bytes()}};
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (has_step[i]) continue;
    const std::vector<View> views = node.op->views ? node.op->views(OpView{graph, node}) : std::vector<View>{};
    for (std::size_t output = 0; output < node.outputs.size(); ++output) {
      if (!node.outputs[output]) continue;
      const ValueId value = node.outputs[output];
      contents[*value] = content_of_output(graph, node, output, views, contents);
      if (total(contents[*value]) != graph.at(value).type.bytes() || views.empty()) {
        return at(OpView{graph, node}, Code::plan_rejected,
                  "value '" + graph.at(value).name + "' is computed by no step and is no view");
      }
    }
  }
  return contents;
}

}  // namespace mote
