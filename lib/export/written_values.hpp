#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "lib/export/model_writer.hpp"

namespace mote {

// How a tensor of rank 4 lies in the file: as in the graph, or with its last axis, the channels, in front of rows and
// columns, as ONNX's convolutions want them.
enum class Layout : std::uint8_t { native, planes };
inline constexpr std::array<std::int64_t, 4> to_planes{0, 3, 1, 2};
inline constexpr std::array<std::int64_t, 4> to_native{0, 2, 3, 1};

// Under which name, and in which layouts, the file has each value of the graph. A Transpose is written where a value is
// asked for in a layout that it does not have yet, once.
class WrittenValues {
 public:
  WrittenValues(const Graph& graph, ModelWriter& writer);

  // The name of a value; constants become initializers when they are first asked for.
  [[nodiscard]] std::string get(ValueId id, Layout layout = Layout::native);
  // The name under which the caller's next node has to give the value.
  [[nodiscard]] std::string define(ValueId id, Layout layout = Layout::native);
  // The value is there under this name already.
  void alias(ValueId id, Layout layout, std::string name) { names_[{*id, layout}] = std::move(name); }
  [[nodiscard]] bool has(ValueId id, Layout layout) const { return names_.contains({*id, layout}); }
  // The name under which the value is there in `layout`, if it is.
  [[nodiscard]] std::string found(ValueId id, Layout layout) const;
  // Every output under its own name; its type is written.
  void finish_outputs();

 private:
  using Form = std::pair<std::size_t, Layout>;
  [[nodiscard]] std::string preferred_name(ValueId id, Layout layout);

  const Graph& graph_;
  ModelWriter& writer_;
  std::map<Form, std::string> names_{};
  std::map<Form, std::string> output_names_{};  // forms that are graph outputs
  std::vector<bool> name_used_;                 // by value: its own name
};

// Whether a Transpose node does no more than change from one layout to the other.
[[nodiscard]] bool changes_layout(const Node& node, const std::array<std::int64_t, 4>& perm);

}  // namespace mote
