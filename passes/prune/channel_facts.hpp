#pragma once
#include <limits>
#include <optional>
#include <vector>

#include "passes/prune/channel_flow.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {

// What is known of the elements of one channel for every input of the network. Real inputs are taken to be finite and
// at most `largest_input` in magnitude; integer ones are whatever their type holds. The bounds of real channels include
// the rounding of single precision.
struct ChannelFact {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  std::optional<double> constant{};  // every element is this, in real networks but for terms that are negligible

  [[nodiscard]] double magnitude() const { return lowest < -highest ? -lowest : highest; }
};
// Bounds around both.
[[nodiscard]] ChannelFact hull(const ChannelFact& a, const ChannelFact& b);
inline constexpr double largest_input = 65536.0;

// By value and channel; constants have none.
using ChannelFacts = std::vector<std::vector<ChannelFact>>;
[[nodiscard]] ChannelFacts channel_facts(const Graph& graph);

// Which weights of a product matter. A term w * x of a sum does not
//   if w is 0;
//   if x is constant and can be folded into the bias: nothing else is read in its place in the padding;
//   if, in a real network, |w x| is below 2^-34 of the bias that the sum starts with, divided by the number of terms:
//   all such terms together are less than 2^-10 of the half unit in the last place that the first addition loses.
class EssentialTerms {
 public:
  EssentialTerms(const OpView& product, const ProductForm& form, const std::vector<ChannelFact>& x);
  [[nodiscard]] bool contains(std::size_t input, std::size_t output) const { return essential_[input * outputs_ + output]; }
  // Some term of this output is in it.
  [[nodiscard]] bool any(std::size_t output) const { return any_[output]; }

 private:
  std::size_t outputs_;
  std::vector<bool> essential_, any_;
};
[[nodiscard]] bool is_foldable(const ProductForm& form, const ChannelFact& x);

// What is known of the results of nodes, given what is known of their operands.
[[nodiscard]] std::vector<ChannelFact> real_product_facts(const OpView& op, const ProductForm& form, const ChannelFacts& facts);
[[nodiscard]] std::vector<ChannelFact> integer_product_facts(const OpView& op, const ProductForm& form, const ChannelFacts& facts);
[[nodiscard]] std::vector<ChannelFact> tied_facts(const OpView& op, const ChannelFlow& flow, const ChannelFacts& facts);
// No more than the type says.
[[nodiscard]] std::vector<ChannelFact> facts_of_type(const TensorType& type);

}  // namespace mote
