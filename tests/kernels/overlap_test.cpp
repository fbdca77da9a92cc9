// What the memory planner relies on: an output may lie over the input of its own layer, as far as the documented
// order of writes allows and not one element further.
#include <utility>

#include "conv2d_f32.hpp"
#include "depthwise_conv2d_f32.hpp"
#include "float_check.hpp"
#include "pool2d_f32.hpp"
#include "random_geometry.hpp"
#include "traversal.hpp"

namespace mote::test {
namespace {

template <uint64_t Seed>
struct Plain : RandomWindow<Seed> {
  static constexpr int32_t tile_w = draw(Seed, 50, 1, 5), tile_c = draw(Seed, 51, 1, 5);
  static constexpr bool has_residual = false, clamp_low = false, clamp_high = false;
};

template <uint64_t Seed>
struct OverlapConv2d : Plain<Seed> {
  static constexpr int32_t groups = draw(Seed, 52, 1, 2), in_c = groups * draw(Seed, 53, 1, 6);
  static constexpr int32_t out_c = groups == 1 ? draw(Seed, 54, 1, 12) : groups * Plain<Seed>::tile_c;
  static constexpr int32_t weight_step = out_c, weight_block = Plain<Seed>::tile_c;
  static constexpr int32_t weights = RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w * in_c * out_c;

  static void run(const float* input, const float* parameters, float* output) {
    mote_kernels::conv2d_f32(OverlapConv2d{}, input, parameters, nullptr, nullptr, output);
  }
};

// 1x1, stride 1, no pads: tiles run on from row to row.
template <uint64_t Seed>
struct OverlapPointwise : OverlapConv2d<Seed> {
  static constexpr int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  static constexpr int32_t out_h = RandomWindow<Seed>::in_h, out_w = RandomWindow<Seed>::in_w;

  static void run(const float* input, const float* parameters, float* output) {
    mote_kernels::conv2d_f32(OverlapPointwise{}, input, parameters, nullptr, nullptr, output);
  }
};

template <uint64_t Seed>
struct OverlapDepthwise : Plain<Seed> {
  static constexpr int32_t multiplier = draw(Seed, 55, 0, 2) == 0 ? Plain<Seed>::tile_c : 1;
  static constexpr int32_t in_c = draw(Seed, 56, 1, 12), out_c = in_c * multiplier, groups = in_c;
  static constexpr int32_t weight_step = out_c, weight_block = Plain<Seed>::tile_c;
  static constexpr int32_t weights = RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w * out_c;

  static void run(const float* input, const float* parameters, float* output) {
    mote_kernels::depthwise_conv2d_f32(OverlapDepthwise{}, input, parameters, nullptr, nullptr, output);
  }
};

template <uint64_t Seed>
struct OverlapPool : Plain<Seed> {
  static constexpr int32_t tile_w = 1, channels = draw(Seed, 57, 1, 12), in_c = channels, out_c = channels;
  static constexpr int32_t groups = channels, weights = 0;
  static constexpr int32_t in_d = 1, out_d = 1, kernel_d = 1, stride_d = 1, dilation_d = 1, pad_front = 0, pad_back = 0;
  static constexpr bool count_include_pad = false;

  static void run(const float* input, const float*, float* output) {
    mote_kernels::average_pool2d_f32(OverlapPool{}, input, output);
  }
};

template <class G>
Traversal traversal_of() {
  return Traversal{G::batch,    G::in_h,       G::in_w,       G::in_c,     G::out_h,    G::out_w,
                   G::out_c,    G::kernel_h,   G::kernel_w,   G::stride_h, G::stride_w, G::pad_top,
                   G::pad_left, G::dilation_h, G::dilation_w, G::groups,   G::tile_w,   G::tile_c};
}

// Runs the kernel with the output `distance` elements below the input, in one buffer.
template <class G>
Floats overlapped(const Floats& input, const Floats& weights, size_t outputs, int32_t distance) {
  const size_t input_at = at(std::max(distance, 0)), output_at = at(std::max(-distance, 0));
  Floats arena(std::max(input_at + input.size(), output_at + outputs), 99.0f);
  std::copy(input.begin(), input.end(), arena.begin() + static_cast<std::ptrdiff_t>(input_at));
  G::run(arena.data() + input_at, weights.data(), arena.data() + output_at);
  const auto first = arena.begin() + static_cast<std::ptrdiff_t>(output_at);
  return Floats(first, first + static_cast<std::ptrdiff_t>(outputs));
}

template <class G>
void check(uint64_t seed, const Traversal& order) {
  INFO("seed " << seed);
  std::mt19937 random(static_cast<uint32_t>(seed));
  const Floats input = random_floats(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c);
  const Floats weights = random_floats(random, G::weights);
  Floats expected(at(int64_t{G::batch} * G::out_h * G::out_w * G::out_c));
  G::run(input.data(), weights.data(), expected.data());

  const int32_t distance = safe_distance(order);
  CHECK(count_different(overlapped<G>(input, weights, expected.size(), distance), expected) == 0);
  // Random operands: an element destroyed too early shows.
  CHECK(count_different(overlapped<G>(input, weights, expected.size(), distance - 1), expected) != 0);
}

template <template <uint64_t> class Geometry, uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>, Traversal (*order_of)(Traversal)) {
  (check<Geometry<Seeds>>(Seeds, order_of(traversal_of<Geometry<Seeds>>())), ...);
}

Traversal row_by_row(Traversal g) { return g; }

}  // namespace

TEST_CASE("conv2d_f32 may write over its input up to the safe distance, which is exact") {
  check_all<OverlapConv2d>(std::make_integer_sequence<uint64_t, 24>{}, as_one_row);
  check_all<OverlapPointwise>(std::make_integer_sequence<uint64_t, 12>{}, as_one_row);
}

TEST_CASE("depthwise_conv2d_f32 may write over its input up to the safe distance, which is exact") {
  check_all<OverlapDepthwise>(std::make_integer_sequence<uint64_t, 24>{}, row_by_row);
}

TEST_CASE("pooling may write over its input up to the safe distance, which is exact") {
  check_all<OverlapPool>(std::make_integer_sequence<uint64_t, 16>{}, row_by_row);
}

}  // namespace mote::test
