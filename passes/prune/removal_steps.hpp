#pragma once
#include <algorithm>
#include <functional>

#include "lib/quant/input_removal.hpp"
#include "passes/prune/channel_sets.hpp"

namespace mote {

// A product of a graph as the reader of channel sets.
struct SetReader {
  std::size_t node = 0;
  InputRemoval removal;
  std::map<std::size_t, std::vector<std::size_t>> inputs{};  // by set
};

// What removals cost the network as a whole.
struct RemovalPrices {
  // What its outputs lose when these readers, some of whose inputs were removed, stand in for their products.
  std::function<double(std::span<const SetReader> tried)> outputs{};
  std::vector<std::size_t> whole{};              // by value: channels in the original
  std::map<std::size_t, std::size_t> least{};  // how many sets families keep, by the key that ChannelSets has for them
  // A step counts as no less than what the same share of the family in the middle loses: layers that save next to
  // nothing stay then, even if so far the outputs hardly use them, because the repair and training can.
  bool spares_small_layers = false;
};

// Which sets go next: families (ChannelSets) shrink to multiples of `channel_multiple` channels, one step at a time,
// the step with the least price for its worth first; what is worth nothing stays. Within a step the sets go one by one,
// and each is judged by what is left behind those before it. The price of a step is what its readers lose, weighed by
// what that means for the outputs, which is found out by trying the first step of each family; and it rises with the
// square of (channels in the original / channels now): what samples do not show, and what training could have used, is
// lost with a layer that nearly vanishes.
class RemovalSteps {
 public:
  static constexpr std::size_t channel_multiple = 4;  // what the kernels take side by side

  RemovalSteps(const ChannelSets& sets, std::vector<SetReader> readers, const RemovalPrices& prices);

  // The sets of the cheapest steps that together are worth about `worth`; what a step is worth beyond that counts for
  // nothing. Empty: no family can shrink any more.
  [[nodiscard]] std::vector<std::size_t> take(double worth);

 private:
  struct Step {
    std::vector<std::size_t> sets{};
    double loss = 0.0, worth = 0.0;
  };
  // `readers`: those of the family, as the step leaves them.
  [[nodiscard]] std::optional<Step> next_step(std::size_t family, std::vector<SetReader>& readers) const;
  void bound_weights();
  void find_usual_loss();
  [[nodiscard]] double share_of(std::size_t family) const;
  [[nodiscard]] double price(std::size_t family, double wanted) const;
  void apply(std::size_t family);

  const ChannelSets& sets_;
  std::vector<std::size_t> whole_{};  // by family: channels in the original
  std::vector<SetReader> readers_;
  std::vector<std::vector<std::size_t>> families_{};  // sets that are left
  std::vector<std::size_t> least_{};                  // of these at any time, by family
  std::vector<std::optional<Step>> steps_{};          // by family: the next one
  std::vector<double> weights_{};                     // by family: of its readers' loss, at the outputs
  double usual_loss_ = 0.0;                           // at the outputs, of a whole family in the middle
};

}  // namespace mote
