// The integer window kernels against their definition in 64 bits, and laid over their own input.
#include <random>
#include <utility>

#include <catch2/catch.hpp>

#include "quantized_conv2d.hpp"
#include "quantized_dense.hpp"
#include "quantized_depthwise_conv2d.hpp"
#include "random_convolution.hpp"
#include "traversal.hpp"

namespace mote::test {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

template <bool Wide>
using Element = std::conditional_t<Wide, int16_t, int8_t>;

// A float kernel's geometry with the fields of integer arithmetic. Inputs of 16 bits leave no room for a shift.
template <class Base, uint64_t Seed>
struct Quantized : Base {
  using Input = Element<draw(Seed, 70, 0, 2) == 0>;
  using Residual = Element<draw(Seed, 71, 0, 2) == 0>;
  using Output = Element<draw(Seed, 72, 0, 2) == 0>;
  static constexpr int32_t accumulator_shift = sizeof(Input) == 1 ? draw(Seed, 73, 0, 7) : 0;
  static constexpr int32_t pad_value = draw(Seed, 74, 0, 2) == 0 ? 0 : draw(Seed, 75, -128, 127);
  static constexpr bool has_table = draw(Seed, 79, 0, 2) == 0;
  using Level = std::conditional_t<has_table, int8_t, Output>;
  static constexpr int32_t lowest = draw(Seed, 76, 0, 1) == 0 ? std::numeric_limits<Level>::lowest() : -100;
  static constexpr int32_t highest = draw(Seed, 77, 0, 1) == 0 ? std::numeric_limits<Level>::max() : 90;
  static constexpr int32_t residual_multiplier = draw(Seed, 78, -(1 << 24), 1 << 24);
};
template <uint64_t Seed>
struct Conv2d : Quantized<RandomConv2d<Seed>, Seed> {};
template <uint64_t Seed>
struct Pointwise : Quantized<RandomPointwise<Seed>, Seed> {};
template <uint64_t Seed>
struct Depthwise : Quantized<RandomDepthwise<Seed>, Seed> {
  static constexpr int32_t groups = RandomDepthwise<Seed>::in_c;
};
// Rows as the pixels of a pointwise convolution.
template <uint64_t Seed>
struct Dense : Quantized<RandomPointwise<Seed>, Seed> {
  using Base = RandomPointwise<Seed>;
  static constexpr int32_t rows = Base::batch * Base::in_h * Base::in_w, depth = Base::in_c, columns = Base::out_c;
  static constexpr int32_t batch = 1, in_h = 1, in_w = rows, out_h = 1, out_w = rows, groups = 1;
  static constexpr int32_t weight_step = Base::packed ? Base::tile_c : columns;
  static constexpr int32_t weight_block = Base::packed ? depth * Base::tile_c : Base::tile_c;
};

// Which kernel computes a geometry.
#define MOTE_KERNEL_OF(Geometry, kernel)                                                                        \
  template <uint64_t Seed, class Output, class... Operands>                                                     \
  void run(const Geometry<Seed>& g, bool backward, Output* output, Operands... operands) {                      \
    using G = Geometry<Seed>;                                                                                   \
    if (backward)                                                                                               \
      mote_kernels::kernel##_backward<typename G::Input, typename G::Residual, Output>(g, operands..., output); \
    else                                                                                                        \
      mote_kernels::kernel<typename G::Input, typename G::Residual, Output>(g, operands..., output);            \
  }
MOTE_KERNEL_OF(Conv2d, quantized_conv2d)
MOTE_KERNEL_OF(Pointwise, quantized_conv2d)
MOTE_KERNEL_OF(Depthwise, quantized_depthwise_conv2d)
MOTE_KERNEL_OF(Dense, quantized_dense)
#undef MOTE_KERNEL_OF

template <class T>
std::vector<T> random_integers(std::mt19937& random, int64_t count, int64_t lowest, int64_t highest) {
  std::uniform_int_distribution<int64_t> uniform(lowest, highest);
  std::vector<T> values(at(count));
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}
template <class T>
std::vector<T> random_elements(std::mt19937& random, int64_t count) {
  return random_integers<T>(random, count, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max());
}

template <class G>
struct Case {
  using Outputs = std::vector<typename G::Output>;
  static constexpr int32_t group_in_c = G::in_c / G::groups, group_out_c = G::out_c / G::groups;
  static constexpr int32_t depth = G::kernel_h * G::kernel_w * group_in_c;
  static constexpr int64_t outputs = int64_t{G::batch} * G::out_h * G::out_w * G::out_c;

  std::vector<typename G::Input> input;
  std::vector<int8_t> weights;  // [depth][out_c]
  std::vector<int32_t> bias, multiplier;
  std::vector<typename G::Residual> residual;
  Outputs table;

  explicit Case(uint64_t seed) {
    std::mt19937 random(static_cast<uint32_t>(seed));
    input = random_elements<typename G::Input>(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c);
    weights = random_elements<int8_t>(random, int64_t{depth} * G::out_c);
    bias = random_integers<int32_t>(random, G::out_c, -(1 << 20), 1 << 20);
    // Spreads the sums over the output's type, and some beyond it.
    const int bits = 25 - G::accumulator_shift - (sizeof(typename G::Input) == 2 ? 8 : 0) +
                     (sizeof(typename G::Level) == 2 ? 8 : 0);
    multiplier = random_integers<int32_t>(random, G::out_c, 0, std::min((int64_t{1} << bits), (int64_t{1} << 31) - 1));
    residual = random_elements<typename G::Residual>(random, outputs);
    if (G::has_table) table = random_elements<typename G::Output>(random, 256);
  }

  // Laid out as the geometry says; padding of the layout would be seen in the result.
  std::vector<int8_t> packed_weights() const {
    if (G::weight_step == G::out_c) return weights;
    const int32_t blocks = (G::out_c + G::tile_c - 1) / G::tile_c;
    std::vector<int8_t> packed(at(int64_t{blocks} * G::weight_block), int8_t{113});
    for (int32_t k = 0; k < depth; ++k)
      for (int32_t oc = 0; oc < G::out_c; ++oc)
        packed[at(oc / G::tile_c * G::weight_block + k * G::weight_step + oc % G::tile_c)] =
            weights[at(k * G::out_c + oc)];
    return packed;
  }

  Outputs computed(bool backward) const {
    Outputs output(at(outputs));
    compute(backward, input.data(), output.data());
    return output;
  }
  void compute(bool backward, const typename G::Input* x, typename G::Output* y) const {
    const std::vector<int8_t> packed = packed_weights();
    const typename G::Residual* kept = G::has_residual ? residual.data() : nullptr;
    run(G{}, backward, y, x, packed.data(), bias.data(), multiplier.data(), static_cast<const typename G::Output*>(table.data()), kept);
  }

  Outputs expected() const {
    Outputs output;
    for (int32_t n = 0; n < G::batch; ++n)
      for (int32_t oh = 0; oh < G::out_h; ++oh)
        for (int32_t ow = 0; ow < G::out_w; ++ow)
          for (int32_t oc = 0; oc < G::out_c; ++oc) {
            const int64_t kept = G::has_residual ? residual[output.size()] : 0;
            const int64_t sum = sum_at(n, oh, ow, oc) * (int64_t{1} << G::accumulator_shift);
            REQUIRE(sum == static_cast<int32_t>(sum));  // else the case breaks the kernel's contract
            const int64_t scaled = (sum * multiplier[at(oc)] + kept * 256 * G::residual_multiplier) >> 32;
            const int64_t level = std::clamp<int64_t>(scaled, G::lowest, G::highest);
            output.push_back(G::has_table ? table[at(level + 128)] : static_cast<typename G::Output>(level));
          }
    return output;
  }

 private:
  int64_t sum_at(int32_t n, int32_t oh, int32_t ow, int32_t oc) const {
    int64_t sum = bias[at(oc)];
    for (int32_t kh = 0; kh < G::kernel_h; ++kh)
      for (int32_t kw = 0; kw < G::kernel_w; ++kw)
        for (int32_t ic = 0; ic < group_in_c; ++ic) {
          const int32_t ih = oh * G::stride_h - G::pad_top + kh * G::dilation_h;
          const int32_t iw = ow * G::stride_w - G::pad_left + kw * G::dilation_w;
          const bool inside = ih >= 0 && ih < G::in_h && iw >= 0 && iw < G::in_w;
          const int32_t c = oc / group_out_c * group_in_c + ic;
          const int64_t x = inside ? input[at(((n * G::in_h + ih) * G::in_w + iw) * G::in_c + c)] : G::pad_value;
          sum += x * weights[at(((kh * G::kernel_w + kw) * group_in_c + ic) * G::out_c + oc)];
        }
    return sum;
  }
};

template <template <uint64_t> class Geometry, uint64_t... Seeds>
void check_values(std::integer_sequence<uint64_t, Seeds...>) {
  const auto check = [](uint64_t seed, const auto& example) {
    INFO("seed " << seed);
    const auto expected = example.expected();
    CHECK(example.computed(false) == expected);
    CHECK(example.computed(true) == expected);
  };
  (check(Seeds, Case<Geometry<Seeds>>(Seeds)), ...);
}

template <class G>
Traversal traversal_of() {
  return Traversal{G::batch,    G::in_h,       G::in_w,       G::in_c,     G::out_h,    G::out_w,
                   G::out_c,    G::kernel_h,   G::kernel_w,   G::stride_h, G::stride_w, G::pad_top,
                   G::pad_left, G::dilation_h, G::dilation_w, G::groups,   G::tile_w,   G::tile_c};
}

// The output `distance` elements below the input, in one buffer; only for elements of one type.
template <class G>
std::vector<typename G::Output> overlapped(const Case<G>& example, int32_t distance) {
  const size_t input_at = at(std::max(distance, 0)), output_at = at(std::max(-distance, 0));
  std::vector<typename G::Input> arena(std::max(input_at + example.input.size(), output_at + at(Case<G>::outputs)));
  std::copy(example.input.begin(), example.input.end(), arena.begin() + static_cast<std::ptrdiff_t>(input_at));
  example.compute(false, arena.data() + input_at, arena.data() + output_at);
  const auto first = arena.begin() + static_cast<std::ptrdiff_t>(output_at);
  return {first, first + static_cast<std::ptrdiff_t>(Case<G>::outputs)};
}

struct Overlaps {
  int tried = 0, destroyed_when_closer = 0;
};

template <class G>
void check_overlap(uint64_t seed, bool joins_rows, Overlaps& overlaps) {
  if constexpr (std::is_same_v<typename G::Input, typename G::Output>) {
    INFO("seed " << seed);
    const Case<G> example(seed);
    const int32_t distance = safe_distance(joins_rows ? as_one_row(traversal_of<G>()) : traversal_of<G>());
    const auto expected = example.computed(false);
    CHECK(overlapped(example, distance) == expected);
    overlaps.tried += 1;
    overlaps.destroyed_when_closer += overlapped(example, distance - 1) == expected ? 0 : 1;
  }
}

template <template <uint64_t> class Geometry, uint64_t... Seeds>
void check_overlaps(std::integer_sequence<uint64_t, Seeds...>, bool joins_rows) {
  Overlaps overlaps;
  (check_overlap<Geometry<Seeds>>(Seeds, joins_rows, overlaps), ...);
  // Rounding and clamp mostly hide one destroyed element; over many cases it shows.
  CHECK(overlaps.tried > 4);
  CHECK(overlaps.destroyed_when_closer > 0);
}

template <uint64_t Count>
using Seeds = std::make_integer_sequence<uint64_t, Count>;

}  // namespace

TEST_CASE("quantized_conv2d computes its definition forward and backward on random geometries") {
  check_values<Conv2d>(Seeds<32>{});
  check_values<Pointwise>(Seeds<12>{});
}

TEST_CASE("quantized_depthwise_conv2d computes its definition forward and backward on random geometries") {
  check_values<Depthwise>(Seeds<28>{});
}

TEST_CASE("quantized_dense computes its definition forward and backward on random geometries") {
  check_values<Dense>(Seeds<12>{});
}

TEST_CASE("integer window kernels may write over their input up to the safe distance") {
  check_overlaps<Conv2d>(Seeds<16>{}, true);
  check_overlaps<Depthwise>(Seeds<16>{}, false);
}

}  // namespace mote::test
