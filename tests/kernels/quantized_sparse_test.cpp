// The kernels that read only weights that are not 0 against those that read all of them.
#include "quantized_sparse.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "quantized_conv2d.hpp"

namespace {

// 3x3, padded with a level that is not 0; borders on all sides and tiles of every width.
struct Window {
  static constexpr int32_t batch = 2, in_h = 6, in_w = 8, in_c = 5, out_h = 6, out_w = 8, out_c = 8;
  static constexpr int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, pad_top = 1, pad_left = 1;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, groups = 1, tile_w = 4, tile_c = 1;
  static constexpr int32_t accumulator_shift = 1, pad_value = -3, lowest = -120, highest = 127;
  static constexpr int32_t residual_multiplier = 1 << 20, weight_step = out_c, weight_block = tile_c, count_bytes = 1;
  static constexpr bool has_residual = true, has_table = false;
};
struct InBlocks : Window {
  static constexpr int32_t tile_c = 4, tile_w = 2, weight_block = 4;
};
struct PaddedByZero : Window {
  static constexpr int32_t pad_value = 0;
};
struct Pointwise : Window {
  static constexpr int32_t out_c = 16, kernel_h = 1, kernel_w = 1, pad_top = 0, pad_left = 0, tile_c = 2;
  static constexpr int32_t weight_step = 16, weight_block = 2, count_bytes = 2;
};
struct Grouped : Window {
  static constexpr int32_t in_c = 6, out_c = 12, groups = 3, tile_c = 2, weight_step = 12, weight_block = 2;
};
// Steps from a group's channels under one column to those under the next end between them.
struct WideGroups : Window {
  static constexpr int32_t in_c = 64, groups = 2;
};
// Steps from column to column lead over more input than they can.
struct Dilated : Window {
  static constexpr int32_t in_w = 9, in_c = 21, out_w = 7, dilation_w = 2, dilation_h = 2, out_h = 4;
};
struct Strided : Window {
  static constexpr int32_t out_h = 3, out_w = 4, stride_h = 2, stride_w = 2, tile_w = 2;
};
struct Rows : Pointwise {
  static constexpr int32_t batch = 1, in_h = 1, in_w = 4, in_c = 300, out_h = 1, out_w = 4, out_c = 13;
  static constexpr int32_t rows = 4, depth = 300, columns = 13, tile_c = 1, weight_step = 13, weight_block = 1;
};

template <class T>
std::vector<T> random_values(std::mt19937& random, int64_t count, int32_t lowest, int32_t highest) {
  std::uniform_int_distribution<int32_t> uniform(lowest, highest);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(uniform(random));
  return values;
}

// As the kernel's header says, byte by byte.
template <class G>
std::vector<uint8_t> stream_of(const std::vector<int8_t>& weights) {
  constexpr int32_t depth = G::in_c / G::groups;
  std::vector<uint8_t> stream;
  for (int32_t block = 0; block < G::out_c; block += G::tile_c)
    for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
      std::vector<std::pair<int32_t, std::vector<int8_t>>> run;  // step, weights
      int32_t at = 0;
      for (int32_t kw = 0; kw < G::kernel_w; ++kw)
        for (int32_t ic = 0; ic < depth; ++ic) {
          const auto first = weights.begin() + ((kh * G::kernel_w + kw) * depth + ic) * G::out_c + block;
          const std::vector<int8_t> own(first, first + G::tile_c);
          if (own == std::vector<int8_t>(own.size(), 0)) continue;
          const int32_t offset = kw * G::dilation_w * G::in_c + ic;
          for (; offset - at > 15; at += 15) run.emplace_back(15, std::vector<int8_t>(own.size(), 0));
          run.emplace_back(offset - at, own);
          at = offset;
        }
      if (run.size() % 2 == 1) run.emplace_back(0, std::vector<int8_t>(G::tile_c, 0));
      for (int32_t byte = 0; byte < G::count_bytes; ++byte)
        stream.push_back(static_cast<uint8_t>(run.size() / 2 >> (8 * byte)));
      for (size_t i = 0; i < run.size(); i += 2) {
        stream.push_back(static_cast<uint8_t>(run[i].first | run[i + 1].first << 4));
        for (const auto& entry : {run[i], run[i + 1]})
          for (const int8_t weight : entry.second) stream.push_back(static_cast<uint8_t>(weight));
      }
    }
  return stream;
}

// kernel(geometry, input, weights, bias, multiplier, table, residual, output) of both kinds, on the same weights, of
// which `zeros` in ten are 0, in blocks of `together`.
template <class G, class Input, class OfAll, class OfStream>
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
  const std::vector<uint8_t> stream = stream_of<G>(weights);
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
template <class G, class Kernel>
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
  const std::vector<uint8_t> stream = stream_of<G>(weights);
  const std::vector<int32_t> bias(G::out_c, 0), multiplier(G::out_c, 1 << 20);
  const std::vector<int8_t> residual(static_cast<size_t>(int64_t{G::batch} * G::out_h * G::out_w * G::out_c), int8_t{0});
  std::vector<int8_t> output(residual.size());
  const int8_t* const no_table = nullptr;
  Watched::reads = Watched::reads_outside = 0;
  kernel(G{}, input.data() + around, stream.data(), bias.data(), multiplier.data(), no_table, residual.data(),
         output.data());
  CHECK(Watched::reads > 0);
  return Watched::reads_outside;
}

template <class G>
void check_reads_inside() {
  for (const int32_t zeros : {0, 5, 9}) {
    CHECK(reads_outside<G>(
              [](auto... operands) { mote_kernels::quantized_conv2d_sparse<Watched, int8_t, int8_t>(operands...); },
              zeros) == 0);
    CHECK(reads_outside<G>(
              [](auto... operands) { mote_kernels::quantized_conv2d_sparse_backward<Watched, int8_t, int8_t>(operands...); },
              zeros) == 0);
  }
}

}  // namespace

#define MOTE_CHECK_KERNEL(Geometry, Input, kernel)                                                             \
  for (const int32_t zeros : {0, 5, 9})                                                                        \
    for (const int32_t together : {1, 4}) {                                                                    \
      INFO(#Geometry << ", zeros " << zeros << ", together " << together);                                     \
      check_same<Geometry, Input>(                                                                             \
          [](auto... operands) { mote_kernels::kernel<Input, int8_t, int8_t>(operands...); },                  \
          [](auto... operands) { mote_kernels::kernel##_sparse<Input, int8_t, int8_t>(operands...); }, zeros,  \
          together);                                                                                           \
      check_same<Geometry, Input>(                                                                             \
          [](auto... operands) { mote_kernels::kernel##_backward<Input, int8_t, int8_t>(operands...); },       \
          [](auto... operands) { mote_kernels::kernel##_sparse_backward<Input, int8_t, int8_t>(operands...); }, \
          zeros, together);                                                                                    \
    }

TEST_CASE("quantized_conv2d_sparse gives what quantized_conv2d gives for the same weights") {
  MOTE_CHECK_KERNEL(Window, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(InBlocks, int16_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(PaddedByZero, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(Pointwise, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(Grouped, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(WideGroups, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(Dilated, int8_t, quantized_conv2d)
  MOTE_CHECK_KERNEL(Strided, int16_t, quantized_conv2d)
}

TEST_CASE("quantized_conv2d_sparse reads nothing around its input, wherever steps end") {
  check_reads_inside<Window>();
  check_reads_inside<InBlocks>();
  check_reads_inside<Grouped>();
  check_reads_inside<WideGroups>();
  check_reads_inside<Dilated>();
  check_reads_inside<Strided>();
}

TEST_CASE("quantized_dense_sparse gives what quantized_dense gives for the same weights") {
  MOTE_CHECK_KERNEL(Rows, int8_t, quantized_dense)
  MOTE_CHECK_KERNEL(Rows, int16_t, quantized_dense)
}
