#pragma once
#include <algorithm>

#include "lib/quant/input_removal.hpp"
#include "passes/prune/channel_sets.hpp"

namespace mote {

// A product of a graph as the reader of channel sets.
struct SetReader {
  InputRemoval removal;
  std::map<std::size_t, std::vector<std::size_t>> inputs{};  // by set
};

// Which sets go next: families (ChannelSets) shrink to multiples of `channel_multiple` channels, one step at a time,
// the step with the least loss for its worth first; what is worth nothing stays. Within a step the sets go one by one,
// and each is judged by what is left behind those before it.
class RemovalSteps {
 public:
  static constexpr std::size_t channel_multiple = 4;  // what the kernels take side by side

  // `least`: how many sets families keep, by the key that ChannelSets has for them.
  RemovalSteps(const ChannelSets& sets, std::vector<SetReader> readers, const std::map<std::size_t, std::size_t>& least = {});

  // The sets of the cheapest steps that together are worth about `worth`; what a step is worth beyond that counts for
  // nothing. Empty: no family can shrink any more.
  [[nodiscard]] std::vector<std::size_t> take(double worth);

 private:
  struct Step {
    std::vector<std::size_t> sets{};
    double loss = 0.0, worth = 0.0;
    [[nodiscard]] double price(double wanted) const { return loss / std::min(worth, wanted); }
  };
  [[nodiscard]] std::optional<Step> next_step(std::size_t family) const;
  void apply(std::size_t family);

  const ChannelSets& sets_;
  std::vector<SetReader> readers_;
  std::vector<std::vector<std::size_t>> families_{};  // sets that are left
  std::vector<std::size_t> least_{};                  // of these at any time, by family
  std::vector<std::optional<Step>> steps_{};          // by family: the next one
};

}  // namespace mote
