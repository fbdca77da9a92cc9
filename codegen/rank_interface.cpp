// The part of <name>.h that makes ranks out of features, for inputs that take ranks (`--tree-features ranks`).
#include <algorithm>
#include <map>

#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/order_key.hpp"

namespace mote {
namespace {

// @F@: function name, @R@: element type, @S@: type of positions, @C@: columns, @K@: thresholds; the other words are lists.
constexpr std::string_view from_features =
    R"(/* Rank c is how many thresholds of its column the feature is above: thresholds[starts[c]] to
   thresholds[starts[c + 1] - 1] for feature which[c]. A NaN is above all of them@M@.
   The tables are part of a firmware only if it calls this. */
static inline void @F@_from_features(const float *features, @R@ *ranks) {
  static const float thresholds[@K@] = {
@THRESHOLDS@};
  static const @S@ starts[@C@ + 1] = {@STARTS@};
  static const uint16_t which[@C@] = {@WHICH@};
@LOWLIST@  int32_t c;
  for (c = 0; c < @C@; ++c) {
    const float feature = features[which[c]];
    @S@ low = starts[c];
    @S@ high = starts[c + 1];
@LOW@    while (low < high) {
      const @S@ middle = (@S@)(low + (high - low) / 2);
      if (feature <= thresholds[middle]) { high = middle; } else { low = (@S@)(middle + 1); }
    }
    ranks[c] = (@R@)(low - starts[c]);
  }
}
)";

std::string list_text(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const std::int64_t number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

std::string threshold_rows(const std::vector<std::int64_t>& keys) {
  Tensor thresholds = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(keys.size())}));
  std::ranges::transform(keys, thresholds.as<float>().begin(),
                         [](std::int64_t key) { return ops::value_of_key(static_cast<std::int32_t>(key)); });
  return element_list(DType::f32, thresholds.bytes);
}

std::string replaced(std::string text, const std::map<std::string, std::string>& words) {
  for (const auto& [from, to] : words)
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  return text;
}

}  // namespace

std::string rank_interface_text(const Plan& plan, ValueId input, const std::string& function) {
  const auto reader = std::ranges::find_if(plan.graph.nodes, [&](const Node& node) {
    return node.attrs.contains("rank_keys") && node.inputs[0] == input;
  });
  if (reader == plan.graph.nodes.end()) return {};
  const OpView trees{plan.graph, *reader};
  const std::vector<std::int64_t>& which = trees.integers("rank_features");
  const bool has_low = trees.has("rank_missing_is_low");
  return replaced(std::string(from_features),
                  {{"@F@", function},
                   {"@R@", std::string(c_name(plan.graph.at(input).type.dtype))},
                   {"@C@", std::to_string(which.size())},
                   {"@S@", trees.integers("rank_keys").size() <= 65535 ? "uint16_t" : "uint32_t"},
                   {"@K@", std::to_string(std::max<std::size_t>(1, trees.integers("rank_keys").size()))},
                   {"@M@", has_low ? ", or, where nan_is_low says so, of none" : ""},
                   {"@THRESHOLDS@", threshold_rows(trees.integers("rank_keys"))},
                   {"@STARTS@", list_text(trees.integers("rank_starts"))},
                   {"@WHICH@", list_text(which)},
                   {"@LOWLIST@", has_low ? "  static const uint8_t nan_is_low[" + std::to_string(which.size()) + "] = {" +
                                               list_text(trees.integers("rank_missing_is_low")) + "};\n"
                                         : ""},
                   {"@LOW@", has_low ? "    if (!(feature == feature) && nan_is_low[c] != 0) { high = low; }\n" : ""}});
}

}  // namespace mote
