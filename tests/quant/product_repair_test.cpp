// Weights that come as close as they can to outputs that were wanted, on samples that no fit has seen.
#include "lib/quant/product_repair.hpp"

#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

constexpr std::size_t inputs = 6, a_quarter = 100;  // of 400 rows

ProductRows random_rows(std::uint64_t seed, std::size_t samples) {
  Rng rng(seed);
  ProductRows rows{.samples = samples, .count = samples * 4, .inputs = inputs, .outputs = 1};
  for (std::size_t i = 0; i < rows.count * inputs; ++i) rows.exact.push_back(rng.real(-1.0F, 1.0F));
  return rows;
}

ProductParameters random_parameters(std::uint64_t seed) {
  Rng rng(seed);
  ProductParameters parameters{.bias = {rng.real(-0.5F, 0.5F)}};
  for (std::size_t i = 0; i < inputs; ++i) parameters.weights.push_back(rng.real(-1.0F, 1.0F));
  return parameters;
}

double error(const ProductParameters& parameters, const ProductRows& rows, const std::vector<float>& wanted) {
  const std::vector<float> nothing(rows.outputs, 0.0F);
  const auto errors = squared_errors(rows.samples, wanted, exact_outputs(rows, parameters), nothing, parameters);
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

}  // namespace

TEST_CASE("a product that could have given what is wanted comes to give it") {
  const ProductRows rows = random_rows(1, 100), fresh = random_rows(2, 100);
  const ProductParameters teacher = random_parameters(3), student = random_parameters(4);
  const ProductParameters repaired = repaired_product(student, rows, exact_outputs(rows, teacher), a_quarter);
  const std::vector<float> wanted = exact_outputs(fresh, teacher);
  CHECK(error(repaired, fresh, wanted) < 1e-3 * error(student, fresh, wanted));
}

TEST_CASE("what is beyond a bound of the clamp does not have to be met") {
  const ProductRows rows = random_rows(1, 100), fresh = random_rows(2, 100);
  ProductParameters teacher = random_parameters(3), student = random_parameters(4);
  teacher.low = student.low = 0.0F;
  const auto distorted = [&](const ProductRows& of) {  // the same behind the clamp
    std::vector<float> wanted = exact_outputs(of, teacher);
    for (float& value : wanted) value = value < 0.0F ? 10.0F * value : value;
    return wanted;
  };
  ProductParameters linear = student;
  linear.low.reset();
  linear = repaired_product(linear, rows, distorted(rows), a_quarter);
  linear.low = 0.0F;
  const ProductParameters repaired = repaired_product(student, rows, distorted(rows), a_quarter);
  CHECK(error(repaired, fresh, distorted(fresh)) < 0.5 * error(linear, fresh, distorted(fresh)));
}

TEST_CASE("weights that are right stay as they are") {
  const ProductRows rows = random_rows(1, 100);
  const ProductParameters own = random_parameters(3);
  const ProductParameters repaired = repaired_product(own, rows, exact_outputs(rows, own), a_quarter);
  CHECK(repaired.weights == own.weights);
  CHECK(repaired.bias == own.bias);
}

TEST_CASE("what is not there in the samples held out is not learnt") {
  ProductRows rows = random_rows(1, 8);  // 32 rows, 24 of them seen
  Rng rng(9);
  const ProductParameters own = random_parameters(3);
  std::vector<float> wanted = exact_outputs(rows, own);
  for (std::size_t i = 0; i < 24; ++i) wanted[i] += rng.real(-3.0F, 3.0F);
  CHECK(repaired_product(own, rows, wanted, 8).weights == own.weights);
}

TEST_CASE("a residual is part of what is given") {
  ProductRows rows = random_rows(1, 100);
  const ProductParameters teacher = random_parameters(3);
  const std::vector<float> wanted = exact_outputs(rows, teacher);
  rows.exact_added.assign(rows.count, 0.25F);
  const ProductParameters repaired = repaired_product(teacher, rows, wanted, a_quarter);
  CHECK(repaired.bias[0] == Approx(teacher.bias[0] - 0.25F).margin(1e-4));
}

TEST_CASE("of very many inputs only the bias is fitted") {
  Rng rng(5);
  constexpr std::size_t many = 3000;
  ProductRows rows{.samples = 8, .count = 8, .inputs = many, .outputs = 1};
  for (std::size_t i = 0; i < rows.count * many; ++i) rows.exact.push_back(rng.real(-1.0F, 1.0F));
  const ProductParameters own{.weights = std::vector<float>(many, 0.1F), .bias = {0.0F}};
  std::vector<float> wanted = exact_outputs(rows, own);
  for (float& value : wanted) value += 0.5F;
  const ProductParameters repaired = repaired_product(own, rows, wanted, 2);
  CHECK(repaired.weights == own.weights);
  CHECK(repaired.bias[0] == Approx(0.5F).margin(1e-4));
}
