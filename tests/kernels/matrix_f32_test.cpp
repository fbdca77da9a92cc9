#include <utility>

#include "convolution_reference.hpp"
#include "dense_f32.hpp"
#include "matmul_f32.hpp"
#include "random_geometry.hpp"

namespace mote::test {
namespace {

template <uint64_t Seed>
struct RandomDense {
  static constexpr int32_t rows = draw(Seed, 0, 0, 1) == 0 ? 1 : draw(Seed, 1, 2, 9);
  static constexpr int32_t depth = draw(Seed, 2, 1, 40), columns = draw(Seed, 3, 1, 40);
  static constexpr int32_t tile_w = draw(Seed, 4, 1, 4), tile_c = draw(Seed, 5, 1, 32);
  static constexpr bool packed = draw(Seed, 6, 0, 1) == 1;
  static constexpr int32_t weight_step = packed ? tile_c : columns, weight_block = packed ? depth * tile_c : tile_c;
  static constexpr bool has_residual = draw(Seed, 7, 0, 1) == 1;
  static constexpr bool clamp_low = draw(Seed, 8, 0, 1) == 1, clamp_high = draw(Seed, 9, 0, 1) == 1;
  static constexpr float lowest = -0.5f, highest = 0.75f;
};

template <class G>
void check_dense(uint64_t seed) {
  INFO("seed " << seed);
  // A fully connected layer is the 1x1 convolution over a row of pixels; the reference needs no other code.
  ConvolutionCase<mote_kernels::DenseF32AsConv2d<G>> example(seed, seed % 4 != 0);
  Floats output(at(int64_t{G::rows} * G::columns), 99.0f);
  mote_kernels::dense_f32(G{}, example.input.data(), example.packed_weights().data(), example.bias_or_null(),
                          example.residual_or_null(), output.data());
  CHECK(count_different(output, example.template expected<float>()) == 0);
  CHECK(largest_distance(output, example.template expected<double>()) < 2e-5);
}

template <uint64_t Seed>
struct RandomMatmul {
  static constexpr int32_t rows = draw(Seed, 0, 1, 9), depth = draw(Seed, 1, 1, 20), columns = draw(Seed, 2, 1, 20);
  static constexpr int32_t tile_w = draw(Seed, 3, 1, 5), tile_c = draw(Seed, 4, 1, 9);
  static constexpr int32_t batch_0 = draw(Seed, 5, 1, 2), batch_1 = draw(Seed, 6, 1, 2);
  static constexpr int32_t batch_2 = draw(Seed, 7, 1, 3), batch_3 = draw(Seed, 8, 1, 2);
  static constexpr bool transposed = draw(Seed, 9, 0, 1) == 1;
  static constexpr int32_t left_row_step = depth, left_size = rows * depth, right_size = depth * columns;
  static constexpr int32_t right_depth_step = transposed ? 1 : columns, right_column_step = transposed ? depth : 1;
  // Left repeats along axis 1 or not, right along axis 2 or not.
  static constexpr bool left_broadcast = draw(Seed, 10, 0, 1) == 1, right_broadcast = draw(Seed, 11, 0, 1) == 1;
  static constexpr int32_t left_batch_step_3 = left_size, left_batch_step_2 = left_size * batch_3;
  static constexpr int32_t left_batch_step_1 = left_broadcast ? 0 : left_batch_step_2 * batch_2;
  static constexpr int32_t left_batch_step_0 = left_batch_step_2 * batch_2 * (left_broadcast ? 1 : batch_1);
  static constexpr int32_t right_batch_step_3 = right_size,
                           right_batch_step_2 = right_broadcast ? 0 : right_size * batch_3;
  static constexpr int32_t right_batch_step_1 = right_size * batch_3 * (right_broadcast ? 1 : batch_2);
  static constexpr int32_t right_batch_step_0 = right_batch_step_1 * batch_1;
  static constexpr bool clamp_low = draw(Seed, 12, 0, 1) == 1, clamp_high = draw(Seed, 13, 0, 1) == 1;
  static constexpr float lowest = -0.5f, highest = 0.75f;
};

template <class G, class Number>
std::vector<Number> product(const Floats& left, const Floats& right) {
  std::vector<Number> output;
  for (int32_t b0 = 0; b0 < G::batch_0; ++b0)
    for (int32_t b1 = 0; b1 < G::batch_1; ++b1)
      for (int32_t b2 = 0; b2 < G::batch_2; ++b2)
        for (int32_t b3 = 0; b3 < G::batch_3; ++b3)
          for (int32_t i = 0; i < G::rows; ++i)
            for (int32_t j = 0; j < G::columns; ++j) {
              Number sum{0};
              for (int32_t k = 0; k < G::depth; ++k) {
                const auto a = static_cast<Number>(
                    left[at(b0 * G::left_batch_step_0 + b1 * G::left_batch_step_1 + b2 * G::left_batch_step_2 +
                            b3 * G::left_batch_step_3 + i * G::left_row_step + k)]);
                const auto b = static_cast<Number>(
                    right[at(b0 * G::right_batch_step_0 + b1 * G::right_batch_step_1 + b2 * G::right_batch_step_2 +
                             b3 * G::right_batch_step_3 + k * G::right_depth_step + j * G::right_column_step)]);
                const Number term = a * b;
                sum = sum + term;
              }
              output.push_back(clamped<G>(sum));
            }
  return output;
}

template <class G>
void check_matmul(uint64_t seed) {
  INFO("seed " << seed);
  std::mt19937 random(static_cast<uint32_t>(seed));
  const Floats left = random_floats(random, int64_t{G::left_batch_step_0} * G::batch_0);
  const Floats right = random_floats(random, int64_t{G::right_batch_step_0} * G::batch_0);
  Floats output(at(int64_t{G::batch_0} * G::batch_1 * G::batch_2 * G::batch_3 * G::rows * G::columns), 99.0f);
  mote_kernels::matmul_f32(G{}, left.data(), right.data(), output.data());
  CHECK(count_different(output, product<G, float>(left, right)) == 0);
  CHECK(largest_distance(output, product<G, double>(left, right)) < 2e-5);
}

template <uint64_t... Seeds>
void check_all(std::integer_sequence<uint64_t, Seeds...>) {
  (check_dense<RandomDense<Seeds>>(Seeds), ...);
  (check_matmul<RandomMatmul<Seeds>>(Seeds), ...);
}

}  // namespace

TEST_CASE("dense_f32 and matmul_f32 follow the documented order to the bit on random geometries") {
  check_all(std::make_integer_sequence<uint64_t, 32>{});
}

}  // namespace mote::test
