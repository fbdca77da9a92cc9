// A convolution by its definition: one loop per index, in the number type asked for. Serves the full convolution
// (fields with `groups`) and, with groups = in_c, the depthwise one.
#pragma once

#include "float_check.hpp"

namespace mote::test {

template <class G, int32_t Groups = G::groups>
struct ConvolutionCase {
  static constexpr int32_t group_in_c = G::in_c / Groups, group_out_c = G::out_c / Groups;
  static constexpr int32_t depth = G::kernel_h * G::kernel_w * group_in_c;

  Floats input, weights /* [depth][out_c] */, bias, residual;
  bool with_bias;

  ConvolutionCase(uint64_t seed, bool bias_wanted) : with_bias(bias_wanted) {
    std::mt19937 random(static_cast<uint32_t>(seed));
    input = random_floats(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c);
    weights = random_floats(random, int64_t{depth} * G::out_c);
    bias = random_floats(random, G::out_c);
    residual = random_floats(random, int64_t{G::batch} * G::out_h * G::out_w * G::out_c);
  }

  const float* bias_or_null() const { return with_bias ? bias.data() : nullptr; }
  const float* residual_or_null() const { return G::has_residual ? residual.data() : nullptr; }

  // [depth][out_c] laid out as the geometry says; what padding there is would be seen in the result.
  Floats packed_weights() const {
    if (G::weight_step == G::out_c) return weights;
    const int32_t blocks = (G::out_c + G::tile_c - 1) / G::tile_c;
    Floats packed(at(int64_t{blocks} * G::weight_block), 1e30f);
    for (int32_t k = 0; k < depth; ++k) {
      for (int32_t oc = 0; oc < G::out_c; ++oc) {
        packed[at(oc / G::tile_c * G::weight_block + k * G::weight_step + oc % G::tile_c)] =
            weights[at(k * G::out_c + oc)];
      }
    }
    return packed;
  }

  template <class Number>
  std::vector<Number> expected() const {
    std::vector<Number> output;
    for (int32_t n = 0; n < G::batch; ++n)
      for (int32_t oh = 0; oh < G::out_h; ++oh)
        for (int32_t ow = 0; ow < G::out_w; ++ow)
          for (int32_t oc = 0; oc < G::out_c; ++oc) {
            Number sum = sum_at<Number>(n, oh, ow, oc);
            if (G::has_residual) sum = sum + static_cast<Number>(residual[output.size()]);
            output.push_back(clamped<G>(sum));
          }
    return output;
  }

 private:
  template <class Number>
  Number sum_at(int32_t n, int32_t oh, int32_t ow, int32_t oc) const {
    Number sum = with_bias ? static_cast<Number>(bias[at(oc)]) : Number{0};
    for (int32_t kh = 0; kh < G::kernel_h; ++kh)
      for (int32_t kw = 0; kw < G::kernel_w; ++kw)
        for (int32_t ic = 0; ic < group_in_c; ++ic) {
          const int32_t ih = oh * G::stride_h - G::pad_top + kh * G::dilation_h;
          const int32_t iw = ow * G::stride_w - G::pad_left + kw * G::dilation_w;
          if (ih < 0 || ih >= G::in_h || iw < 0 || iw >= G::in_w) continue;
          const int32_t c = oc / group_out_c * group_in_c + ic;
          const auto x = static_cast<Number>(input[at(((n * G::in_h + ih) * G::in_w + iw) * G::in_c + c)]);
          const auto w = static_cast<Number>(weights[at(((kh * G::kernel_w + kw) * group_in_c + ic) * G::out_c + oc)]);
          const Number product = x * w;
          sum = sum + product;
        }
    return sum;
  }
};

}  // namespace mote::test
