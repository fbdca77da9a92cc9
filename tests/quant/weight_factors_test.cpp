// Weights as two factors of less rank: what has that rank is found again, and what counts is the outputs.
#include "lib/quant/weight_factors.hpp"

#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

std::vector<std::size_t> in_order(std::size_t inputs) {
  std::vector<std::size_t> order(inputs);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

std::vector<float> random_numbers(Rng& rng, std::size_t count) {
  std::vector<float> numbers(count);
  for (float& number : numbers) number = rng.real(-1.0F, 1.0F);
  return numbers;
}

// Inputs of which those beyond the first `free` are sums of two others, nearly.
ProductRows rows_of(Rng& rng, std::size_t count, std::size_t inputs, std::size_t free, float own) {
  ProductRows rows{.count = count, .inputs = inputs, .outputs = 1, .exact = random_numbers(rng, count * inputs)};
  for (std::size_t row = 0; row < count; ++row) {
    float* const x = rows.exact.data() + row * inputs;
    for (std::size_t i = free; i < inputs; ++i) x[i] = x[i - free] + x[(i + 1) % free] + own * x[i];
  }
  return rows;
}

// The squared error of the outputs over their variance, on rows.
double loss_on(const ProductRows& rows, const std::vector<float>& weights, const std::vector<float>& other) {
  const std::size_t outputs = weights.size() / rows.inputs;
  const auto varies = [&](const auto& weight) {
    double sum = 0.0;
    for (std::size_t o = 0; o < outputs; ++o) {
      double first = 0.0, second = 0.0;
      for (std::size_t row = 0; row < rows.count; ++row) {
        double y = 0.0;
        for (std::size_t i = 0; i < rows.inputs; ++i)
          y += static_cast<double>(rows.exact[row * rows.inputs + i]) * weight(i * outputs + o);
        first += y;
        second += y * y;
      }
      sum += second - first * first / static_cast<double>(rows.count);
    }
    return sum;
  };
  const auto difference = [&](std::size_t i) {
    return static_cast<double>(weights[i]) - static_cast<double>(other[i]);
  };
  return varies(difference) / varies([&](std::size_t i) { return static_cast<double>(weights[i]); });
}

}  // namespace

TEST_CASE("weights that are a product of two factors are found again, blocks and all") {
  Rng rng(3);
  constexpr std::size_t blocks = 3, first = 6, rank = 2, outputs = 5;
  WeightFactors planted{.rank = rank};
  for (const float x : random_numbers(rng, first * rank)) planted.first.push_back(static_cast<double>(x));
  for (const float x : random_numbers(rng, blocks * rank * outputs)) planted.second.push_back(static_cast<double>(x));
  std::vector<std::size_t> order = in_order(blocks * first);
  std::reverse(order.begin(), order.end());
  const std::vector<float> weights = multiplied(planted, order, blocks);
  const ProductRows rows = rows_of(rng, 500, blocks * first, blocks * first, 1.0F);
  const WeightFactoring factoring(input_moments(rows), weights, order, blocks);
  CHECK(factoring.full_rank() == first);
  const WeightFactors found = factoring.with_rank(rank);
  CHECK(found.loss < 1e-9);
  const std::vector<float> again = multiplied(found, order, blocks);
  for (std::size_t i = 0; i < weights.size(); ++i) CHECK(again[i] == Approx(weights[i]).margin(1e-4));
}

TEST_CASE("of full rank nothing is lost, and with every rank less as much as is said") {
  Rng rng(4);
  const std::vector<float> weights = random_numbers(rng, 24 * 7);
  const ProductRows rows = rows_of(rng, 800, 24, 24, 1.0F);
  const WeightFactoring factoring(input_moments(rows), weights, in_order(24), 2);
  double before = 0.0;
  for (std::size_t rank = factoring.full_rank(); rank > 0; --rank) {
    const WeightFactors factors = factoring.with_rank(rank);
    CHECK(factors.loss >= before * 0.999);
    CHECK(factors.loss == Approx(loss_on(rows, weights, multiplied(factors, in_order(24), 2))).margin(2e-3));
    before = factors.loss;
  }
  CHECK(factoring.with_rank(factoring.full_rank()).loss < 1e-9);
}

TEST_CASE("what inputs have in common is used: outputs count, not weights") {
  Rng rng(5);
  const std::vector<float> weights = random_numbers(rng, 12 * 8);
  const ProductRows alike = rows_of(rng, 800, 12, 4, 0.01F), free = rows_of(rng, 800, 12, 12, 1.0F);
  const auto loss = [&](const ProductRows& rows) {
    return WeightFactoring(input_moments(rows), weights, in_order(12), 1).with_rank(4).loss;
  };
  CHECK(loss(alike) < 1e-3);
  CHECK(loss(free) > 0.05);
}

TEST_CASE("the turns improve on the closed form where blocks vary together") {
  Rng rng(6);
  const std::vector<float> weights = random_numbers(rng, 24 * 16);
  const ProductRows rows = rows_of(rng, 800, 24, 8, 0.3F);
  const WeightFactoring factoring(input_moments(rows), weights, in_order(24), 3);
  for (const std::size_t rank : {2U, 4U, 6U}) CHECK(factoring.with_rank(rank).loss < factoring.estimated_loss(rank));
}
