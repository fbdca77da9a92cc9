#pragma once
// Kernels that read streams of weights against those that read all of them. A Form of streams makes one of weights,
// byte by byte as its kernel's header says: template <class G> static std::vector<uint8_t> stream_of(const
// std::vector<int8_t>&).
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "quantized_conv2d.hpp"

namespace mote::test {

// 3x3, padded with a level that is not 0; borders on all sides and tiles of every width.
struct Window {
  static constexpr int32_t batch = 2, in_h = 6, in_w = 8, in_c = 5, out_h = 6, out_w = 8, out_c = 8;
  static constexpr int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, pad_top = 1, pad_left = 1;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, groups = 1, tile_w = 4, tile_c = 1;
  static constexpr int32_t accumulator_shift = 1, pad_value = -3, lowest = -120, highest = 127;
  static constexpr int32_t residual_multiplier = 1 << 20, weight_step = out_c, weight_block = tile_c, count_bytes = 1;
  static constexpr bool has_residual = true, has_table = false;
};

template <class T>
std::vector<T> random_values(std::mt19937& random, int64_t count, int32_t lowest, int32_t highest) {
  std::uniform_int_distribution<int32_t> uniform(lowest, highest);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}

// kernel(geometry, input, weights, bias, multiplier, table, residual, output) of both kinds, on the same weights, of
// which `zeros` in ten are 0, in blocks of `together`.
template <class Form, class G, class Input, class OfAll, class OfStream>
void check_same(OfAll of_all, OfStream of_stream, int32_t zeros, int32_t together) {
  std::mt19937 random(7);
  const auto input = random_values<Input>(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c, -128, 127);
  auto weights =
      random_values<int8_t>(random, int64_t{G::kernel_h} * G::kernel_w * (G::in_c / G::groups) * G::out_c, -127, 127);
  for (size_t i = 0; i < weights.size(); i += static_cast<size_t>(together))
    if (static_cast<int32_t>(random() % 10) < zeros)
      for (size_t j = i; j < std::min(weights.size(), i + static_cast<size_t>(together)); ++j) weights[j] = 0;
  const auto bias = random_values<int32_t>(random, G::out_c, -2000, 2000);
  const auto multiplier = random_values<int32_t>(random, G::out_c, 0, 1 << 23);
  const int64_t outputs = int64_t{G::batch} * G::out_h * G::out_w * G::out_c;
  const auto residual = random_values<int8_t>(random, outputs, -128, 127);
  const int8_t* const no_table = nullptr;
  const std::vector<uint8_t> stream = Form::template stream_of<G>(weights);
  std::vector<int8_t> expected(static_cast<size_t>(outputs)), found(expected.size(), int8_t{99});
  of_all(G{}, input.data(), weights.data(), bias.data(), multiplier.data(), no_table, residual.data(), expected.data());
  of_stream(G{}, input.data(), stream.data(), bias.data(), multiplier.data(), no_table, residual.data(), found.data());
  CHECK(found == expected);
  CHECK(std::vector<int8_t>(expected.size(), expected[0]) != expected);
}

// An input element that tells when it is read.
struct Watched {
  static inline int reads = 0, reads_outside = 0;
  int8_t level;
  bool is_outside;

  explicit Watched(int32_t value, bool outside = false) : level(static_cast<int8_t>(value)), is_outside(outside) {}
  operator int32_t() const {
    ++(is_outside ? reads_outside : reads);
    return level;
  }
};

// How many elements around an input of G the kernel reads, with `zeros` in ten weights 0.
template <class Form, class G, class Kernel>
int reads_outside(Kernel kernel, int32_t zeros) {
  std::mt19937 random(7);
  constexpr int64_t around = 1024;
  std::vector<Watched> input(around, Watched(0, true));
  for (const int8_t level : random_values<int8_t>(random, int64_t{G::batch} * G::in_h * G::in_w * G::in_c, -128, 127))
    input.push_back(Watched(level));
  input.resize(input.size() + around, Watched(0, true));
  auto weights =
      random_values<int8_t>(random, int64_t{G::kernel_h} * G::kernel_w * (G::in_c / G::groups) * G::out_c, -127, 127);
  for (int8_t& weight : weights)
    if (static_cast<int32_t>(random() % 10) < zeros) weight = 0;
  const std::vector<uint8_t> stream = Form::template stream_of<G>(weights);
  const std::vector<int32_t> bias(G::out_c, 0), multiplier(G::out_c, 1 << 20);
  const std::vector<int8_t> residual(static_cast<size_t>(int64_t{G::batch} * G::out_h * G::out_w * G::out_c),
                                     int8_t{0});
  std::vector<int8_t> output(residual.size());
  const int8_t* const no_table = nullptr;
  Watched::reads = Watched::reads_outside = 0;
  kernel(G{}, input.data() + around, stream.data(), bias.data(), multiplier.data(), no_table, residual.data(),
         output.data());
  CHECK(Watched::reads > 0);
  return Watched::reads_outside;
}

}  // namespace mote::test

#define MOTE_CHECK_STREAMS(Form, Geometry, Input, kernel, suffix)                                                \
  for (const int32_t zeros : {0, 5, 9})                                                                          \
    for (const int32_t together : {1, 4}) {                                                                      \
      INFO(#Geometry << ", zeros " << zeros << ", together " << together);                                       \
      mote::test::check_same<Form, Geometry, Input>(                                                             \
          [](auto... operands) { mote_kernels::kernel<Input, int8_t, int8_t>(operands...); },                    \
          [](auto... operands) { mote_kernels::kernel##suffix<Input, int8_t, int8_t>(operands...); }, zeros,     \
          together);                                                                                             \
      mote::test::check_same<Form, Geometry, Input>(                                                             \
          [](auto... operands) { mote_kernels::kernel##_backward<Input, int8_t, int8_t>(operands...); },         \
          [](auto... operands) { mote_kernels::kernel##suffix##_backward<Input, int8_t, int8_t>(operands...); }, \
          zeros, together);                                                                                      \
    }

#define MOTE_CHECK_READS(Form, Geometry, kernel)                                         \
  for (const int32_t zeros : {0, 5, 9}) {                                                \
    const auto forward = [](auto... operands) {                                          \
      mote_kernels::kernel<mote::test::Watched, int8_t, int8_t>(operands...);            \
    };                                                                                   \
    const auto backward = [](auto... operands) {                                         \
      mote_kernels::kernel##_backward<mote::test::Watched, int8_t, int8_t>(operands...); \
    };                                                                                   \
    CHECK(mote::test::reads_outside<Form, Geometry>(forward, zeros) == 0);               \
    CHECK(mote::test::reads_outside<Form, Geometry>(backward, zeros) == 0);              \
  }
