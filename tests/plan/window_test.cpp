// The planner's distances against the kernels themselves: laid over its input at the distance, a kernel gives the same
// bits as with buffers of its own; one element closer, it does not.
#include "passes/plan/window.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include <catch2/catch.hpp>

#include "codegen/kernels/conv2d_f32.hpp"
#include "codegen/kernels/dense_f32.hpp"
#include "codegen/kernels/depthwise_conv2d_f32.hpp"
#include "codegen/kernels/pool2d_f32.hpp"
#include "codegen/kernels/pool2d_integer.hpp"
#include "lib/support/rng.hpp"
#include "tests/kernels/random_geometry.hpp"

using namespace mote;
using test::draw;
using test::RandomWindow;

namespace {

template <std::uint64_t Seed>
struct Window : RandomWindow<Seed> {
  using Element = float;
  static constexpr std::int32_t tile_w = draw(Seed, 50, 1, 5), tile_c = draw(Seed, 51, 1, 5);
  static constexpr bool has_residual = false, clamp_low = false, clamp_high = false;
  static constexpr float lowest = 0.0F, highest = 0.0F;
};

template <std::uint64_t Seed>
struct Convolution : Window<Seed> {
  static constexpr std::int32_t groups = draw(Seed, 52, 1, 2), in_c = groups * draw(Seed, 53, 1, 6);
  static constexpr std::int32_t out_c = groups == 1 ? draw(Seed, 54, 1, 12) : groups * Window<Seed>::tile_c;
  static constexpr std::int32_t weight_step = out_c, weight_block = Window<Seed>::tile_c;
  static constexpr const char* kernel = "conv2d_f32";
  static void forward(const float* x, const float* w, float* y) {
    mote_kernels::conv2d_f32(Convolution{}, x, w, nullptr, nullptr, y);
  }
  static void backward(const float* x, const float* w, float* y) {
    mote_kernels::conv2d_f32_backward(Convolution{}, x, w, nullptr, nullptr, y);
  }
};

// Stride 1 without pads: the kernel sees all pixels as one row.
template <std::uint64_t Seed>
struct Pointwise : Convolution<Seed> {
  static constexpr std::int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  static constexpr std::int32_t out_h = RandomWindow<Seed>::in_h, out_w = RandomWindow<Seed>::in_w;
  static void forward(const float* x, const float* w, float* y) {
    mote_kernels::conv2d_f32(Pointwise{}, x, w, nullptr, nullptr, y);
  }
  static void backward(const float* x, const float* w, float* y) {
    mote_kernels::conv2d_f32_backward(Pointwise{}, x, w, nullptr, nullptr, y);
  }
};

template <std::uint64_t Seed>
struct Depthwise : Window<Seed> {
  static constexpr std::int32_t multiplier = draw(Seed, 55, 0, 2) == 0 ? Window<Seed>::tile_c : 1;
  static constexpr std::int32_t in_c = draw(Seed, 56, 1, 12), out_c = in_c * multiplier;
  static constexpr std::int32_t weight_step = out_c, weight_block = Window<Seed>::tile_c;
  static constexpr const char* kernel = "depthwise_conv2d_f32";
  static void forward(const float* x, const float* w, float* y) {
    mote_kernels::depthwise_conv2d_f32(Depthwise{}, x, w, nullptr, nullptr, y);
  }
  static void backward(const float* x, const float* w, float* y) {
    mote_kernels::depthwise_conv2d_f32_backward(Depthwise{}, x, w, nullptr, nullptr, y);
  }
};

template <std::uint64_t Seed>
struct Pool : Window<Seed> {
  static constexpr std::int32_t channels = draw(Seed, 57, 1, 12), in_c = channels, out_c = channels;
  static constexpr std::int32_t in_d = 1, out_d = 1, kernel_d = 1, stride_d = 1, dilation_d = 1, pad_front = 0;
  static constexpr std::int32_t pad_back = 0;
  static constexpr bool count_include_pad = false;
  static constexpr const char* kernel = "pool2d_f32";
  static void forward(const float* x, const float*, float* y) { mote_kernels::average_pool2d_f32(Pool{}, x, y); }
  static void backward(const float* x, const float*, float* y) {
    mote_kernels::average_pool2d_f32_backward(Pool{}, x, y);
  }
};

// Half of each window's sum: every tap shows in it.
template <std::uint64_t Seed>
struct IntegerPool : Pool<Seed> {
  using Element = std::int16_t;
  static constexpr std::int32_t constants = 1, pad_value = 0, accumulator_shift = 0, lowest = -32768, highest = 32767;
  static constexpr std::int32_t bias[1] = {0}, factor[1] = {2147483647};
  static constexpr const char* kernel = "pool2d_integer";
  static void forward(const Element* x, const Element*, Element* y) {
    mote_kernels::average_pool2d_integer(IntegerPool{}, x, bias, factor, y);
  }
  static void backward(const Element* x, const Element*, Element* y) {
    mote_kernels::average_pool2d_integer_backward(IntegerPool{}, x, bias, factor, y);
  }
};

template <std::uint64_t Seed>
struct Dense {
  using Element = float;
  static constexpr std::int32_t batch = 1, in_h = 1, out_h = 1, kernel_h = 1, kernel_w = 1;
  static constexpr std::int32_t rows = draw(Seed, 60, 1, 9), depth = draw(Seed, 61, 1, 9);
  static constexpr std::int32_t columns = draw(Seed, 62, 1, 9), tile_w = draw(Seed, 63, 1, 4);
  static constexpr std::int32_t tile_c = draw(Seed, 64, 1, 4), weight_step = columns, weight_block = tile_c;
  static constexpr std::int32_t in_w = rows, in_c = depth, out_w = rows, out_c = columns;
  static constexpr bool has_residual = false, clamp_low = false, clamp_high = false;
  static constexpr float lowest = 0.0F, highest = 0.0F;
  static constexpr const char* kernel = "dense_f32";
  static void forward(const float* x, const float* w, float* y) {
    mote_kernels::dense_f32(Dense{}, x, w, nullptr, nullptr, y);
  }
  static void backward(const float* x, const float* w, float* y) {
    mote_kernels::dense_f32_backward(Dense{}, x, w, nullptr, nullptr, y);
  }
};

template <class G>
void add_window(KernelCall& call) {
  call.fields.insert(call.fields.end(), {{"batch", G::batch},
                                         {"in_h", G::in_h},
                                         {"in_w", G::in_w},
                                         {"out_h", G::out_h},
                                         {"out_w", G::out_w},
                                         {"kernel_h", G::kernel_h},
                                         {"kernel_w", G::kernel_w},
                                         {"stride_h", G::stride_h},
                                         {"stride_w", G::stride_w},
                                         {"pad_top", G::pad_top},
                                         {"pad_left", G::pad_left},
                                         {"dilation_h", G::dilation_h},
                                         {"dilation_w", G::dilation_w},
                                         {"tile_c", G::tile_c}});
}

template <std::uint64_t Seed>
void add_fields(KernelCall& call, const Convolution<Seed>&) {
  using G = Convolution<Seed>;
  call.fields.insert(call.fields.end(),
                     {{"in_c", G::in_c}, {"out_c", G::out_c}, {"groups", G::groups}, {"tile_w", G::tile_w}});
}
template <std::uint64_t Seed>
void add_fields(KernelCall& call, const Depthwise<Seed>&) {
  using G = Depthwise<Seed>;
  call.fields.insert(call.fields.end(),
                     {{"in_c", G::in_c}, {"out_c", G::out_c}, {"multiplier", G::multiplier}, {"tile_w", G::tile_w}});
}
template <std::uint64_t Seed>
void add_fields(KernelCall& call, const Pool<Seed>&) {
  using G = Pool<Seed>;
  call.fields.insert(call.fields.end(), {{"channels", G::channels},
                                         {"in_d", 1},
                                         {"out_d", 1},
                                         {"kernel_d", 1},
                                         {"stride_d", 1},
                                         {"dilation_d", 1},
                                         {"pad_front", 0}});
}

template <class G>
KernelCall call_of() {
  KernelCall call{.header = G::kernel, .kernel = G::kernel, .traversal = Traversal::window};
  add_window<G>(call);
  add_fields(call, G{});
  return call;
}
template <class G>
requires(requires { G::depth; }) KernelCall call_of() {
  return {.header = G::kernel,
          .kernel = G::kernel,
          .fields = {{"rows", G::rows},
                     {"depth", G::depth},
                     {"columns", G::columns},
                     {"tile_w", G::tile_w},
                     {"tile_c", G::tile_c}},
          .traversal = Traversal::window};
}

template <class G>
using Elements = std::vector<typename G::Element>;

// Small enough that no sum of integers saturates.
template <class G>
Elements<G> random_elements(Rng& rng, std::int64_t count) {
  const bool integers = std::is_integral_v<typename G::Element>;
  Elements<G> values(static_cast<std::size_t>(count));
  for (auto& value : values)
    value = static_cast<typename G::Element>(integers ? rng.real(-1000.0F, 1000.0F) : rng.real(-1.0F, 1.0F));
  return values;
}

// Runs with both operands in one buffer, the input at `input_at` and the output at `output_at`.
template <class G>
Elements<G> in_one_buffer(decltype(&G::forward) run, const Elements<G>& input, const Elements<G>& weights,
                          std::int64_t outputs, std::int64_t input_at, std::int64_t output_at) {
  Elements<G> arena(static_cast<std::size_t>(std::max(input_at + std::ssize(input), output_at + outputs)), 7);
  std::ranges::copy(input, arena.begin() + input_at);
  run(arena.data() + input_at, weights.data(), arena.data() + output_at);
  return {arena.begin() + output_at, arena.begin() + output_at + outputs};
}

template <class G>
void check_distances(std::uint64_t seed) {
  INFO(G::kernel << " of seed " << seed);
  Rng rng(seed);
  const Elements<G> input = random_elements<G>(rng, std::int64_t{G::batch} * G::in_h * G::in_w * G::in_c);
  const Elements<G> weights = random_elements<G>(rng, std::int64_t{G::kernel_h} * G::kernel_w * G::in_c * G::out_c);
  const std::int64_t outputs = std::int64_t{G::batch} * G::out_h * G::out_w * G::out_c;
  const Elements<G> expected = in_one_buffer<G>(G::forward, input, weights, outputs, outputs, 0);
  CHECK(in_one_buffer<G>(G::backward, input, weights, outputs, outputs, 0) == expected);

  const auto distances = distances_of(*window_loops_of(call_of<G>()));
  REQUIRE(distances);
  const std::int64_t down = distances->forward;
  CHECK(in_one_buffer<G>(G::forward, input, weights, outputs, down, 0) == expected);
  if (down > 0) CHECK(in_one_buffer<G>(G::forward, input, weights, outputs, down - 1, 0) != expected);
  if (const auto exact = distances->forward_exact) {
    CHECK(in_one_buffer<G>(G::forward, input, weights, outputs, *exact, 0) == expected);
    CHECK(in_one_buffer<G>(G::forward, input, weights, outputs, *exact + 1, 0) != expected);
  }
  if (const auto exact = distances->backward_exact) {
    CHECK(in_one_buffer<G>(G::backward, input, weights, outputs, 0, *exact) == expected);
  }
  const std::int64_t up = distances->backward;
  CHECK(in_one_buffer<G>(G::backward, input, weights, outputs, 0, up) == expected);
  if (up > 0) CHECK(in_one_buffer<G>(G::backward, input, weights, outputs, 0, up - 1) != expected);
}

template <template <std::uint64_t> class Geometry, std::uint64_t... Seeds>
void check_all(std::integer_sequence<std::uint64_t, Seeds...>) {
  (check_distances<Geometry<Seeds>>(Seeds), ...);
}

template <std::size_t Count>
using UpTo = std::make_integer_sequence<std::uint64_t, Count>;

}  // namespace

TEST_CASE("convolutions may lie over their input at the planned distances, not closer") {
  check_all<Convolution>(UpTo<16>{});
  check_all<Pointwise>(UpTo<8>{});
}

TEST_CASE("depthwise convolutions may lie over their input at the planned distances, not closer") {
  check_all<Depthwise>(UpTo<16>{});
}

TEST_CASE("pooling may lie over its input at the planned distances, not closer") { check_all<Pool>(UpTo<12>{}); }

TEST_CASE("pooling of integers may lie over its input at the planned distances, not closer") {
  check_all<IntegerPool>(UpTo<12>{});
}

TEST_CASE("dense layers may lie over their input at the planned distances, not closer") { check_all<Dense>(UpTo<8>{}); }

TEST_CASE("integer kernels, and those of few bits, walk as their float twins do, so their distances are the same") {
  const auto check = [](KernelCall call, const char* integer_twin) {
    const auto expected = distances_of(*window_loops_of(call));
    call.header = call.kernel = integer_twin;
    const auto loops = window_loops_of(call);
    REQUIRE(loops);
    CHECK(distances_of(*loops)->forward == expected->forward);
    CHECK(distances_of(*loops)->backward == expected->backward);
    CHECK(distances_of(*loops)->forward_exact == expected->forward_exact);
    CHECK(distances_of(*loops)->backward_exact == expected->backward_exact);
  };
  check(call_of<Convolution<1>>(), "quantized_conv2d");
  check(call_of<Pointwise<2>>(), "quantized_conv2d");
  check(call_of<Depthwise<3>>(), "quantized_depthwise_conv2d");
  check(call_of<Dense<4>>(), "quantized_dense");
  check(call_of<Convolution<5>>(), "quantized_conv2d_s4");
  check(call_of<Depthwise<6>>(), "quantized_depthwise_conv2d_s4");
  check(call_of<Dense<7>>(), "quantized_dense_s4");
  check(call_of<Pointwise<8>>(), "conv2d_f32_levels");
  check(call_of<Convolution<9>>(), "quantized_conv2d_sparse");
  check(call_of<Dense<10>>(), "quantized_dense_sparse");
  check(call_of<Convolution<11>>(), "quantized_conv2d_sparse_quads");
  check(call_of<Dense<12>>(), "quantized_dense_sparse_quads");
}

TEST_CASE("more output pixels than are worth a visit give no distance") {
  const KernelCall call{.header = "dense_f32",
                        .kernel = "dense_f32",
                        .fields = {{"rows", 1 << 23}, {"depth", 1}, {"columns", 1}, {"tile_w", 1}, {"tile_c", 1}},
                        .traversal = Traversal::window};
  CHECK_FALSE(distances_of(*window_loops_of(call)));
}

TEST_CASE("kernels without a documented order have no loops to look at") {
  CHECK_FALSE(window_loops_of({.header = "conv2d_f32", .traversal = Traversal::opaque}));
  CHECK_FALSE(window_loops_of({.header = "unheard_of", .traversal = Traversal::window}));
}
