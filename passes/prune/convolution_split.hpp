#pragma once
#include "lib/quant/weight_factors.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {

// A convolution as two in a row, of which the first gives `rank` channels without bias or clamp (Jaderberg et al. 2014,
// arXiv:1405.3866; Zhang et al. 2015, arXiv:1505.06798). Each axis of the window belongs to one of them with its
// kernel, stride, dilation and padding: both to the first makes a 1x1 convolution follow, neither makes one go ahead,
// one each makes a column and a row. Without a bias in between, padding is 0 in front of the second, too, so nothing
// changes at borders.
struct ConvolutionSplit {
  bool height_first = true, width_first = true;
  std::size_t rank = 0;
};

// Conv2d of real numbers, in one group, with weights of its own kind (product_form.hpp) and few enough inputs to
// factor.
[[nodiscard]] bool can_be_split(const OpView& op);
// All ways but for the rank. An axis without a window is the first one's.
[[nodiscard]] std::vector<ConvolutionSplit> ways_to_split(const OpView& convolution);
[[nodiscard]] std::int64_t macs_of(const OpView& convolution, const ConvolutionSplit& split);
// Of each channel that the first convolution gives.
[[nodiscard]] std::int64_t pixels_between(const OpView& convolution, const ConvolutionSplit& split);
// As WeightFactoring wants them: inputs of the first convolution at every tap of the second.
[[nodiscard]] std::vector<std::size_t> input_order(const OpView& convolution, const ConvolutionSplit& split);
[[nodiscard]] std::size_t block_count(const OpView& convolution, const ConvolutionSplit& split);

struct SplitConvolution {
  std::size_t node = 0;
  ConvolutionSplit split{};
  WeightFactors factors{};
  std::vector<float> bias{};  // of the second
};
// All at once; values keep their ids, nodes do not keep their positions. Of a layer `name` the first convolution is
// `name_first`, and the second, which has its result, keeps its name.
[[nodiscard]] Graph with_splits(const Graph& graph, const std::vector<SplitConvolution>& splits);

}  // namespace mote
