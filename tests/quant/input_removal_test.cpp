// Inputs that leave a product: what it costs, with all others making up for it, against least squares done anew.
#include "lib/quant/input_removal.hpp"

#include <array>

#include <catch2/catch.hpp>

#include "lib/support/rng.hpp"

using namespace mote;

namespace {

// One column of inputs per generator of the row's random numbers.
template <class... Columns>
ProductRows rows_of(const Columns&... columns) {
  Rng rng(7);
  ProductRows rows{.samples = 8, .count = 8000, .inputs = sizeof...(columns), .outputs = 1};
  for (std::size_t row = 0; row < rows.count; ++row) {
    const float a = rng.real(-1.0F, 1.0F), b = rng.real(-1.0F, 1.0F);
    (rows.exact.push_back(columns(a, b)), ...);
  }
  return rows;
}

constexpr auto first = [](float a, float) { return a; };
constexpr auto second = [](float, float b) { return b; };
constexpr auto both = [](float a, float b) { return a + b; };
constexpr std::array<std::size_t, 1> input_0{0}, input_1{1};

}  // namespace

TEST_CASE("an input that goes with no other costs its share of the variance") {
  const InputRemoval removal(rows_of(first, second), {.weights = {1.0F, 2.0F}, .bias = {0.0F}});
  CHECK(removal.loss(input_0) == Approx(0.2).margin(0.02));
  CHECK(removal.loss(input_1) == Approx(0.8).margin(0.02));
}

TEST_CASE("an input without weights costs nothing") {
  const InputRemoval removal(rows_of(first, second), {.weights = {0.0F, 2.0F}, .bias = {0.0F}});
  CHECK(removal.loss(input_0) == Approx(0.0).margin(1e-4));
}

TEST_CASE("of inputs that stand in for each other only the first to go is free") {
  InputRemoval removal(rows_of(first, first, second), {.weights = {1.0F, 1.0F, 1.0F}, .bias = {0.0F}});
  CHECK(removal.loss(input_0) < 0.01);
  CHECK(removal.loss(input_1) < 0.01);
  removal.remove(input_0);
  CHECK(removal.loss(input_1) == Approx(0.8).margin(0.02));  // 2 a of 2 a + b
}

TEST_CASE("what is removed one after the other costs what it costs at once") {
  const auto rows = rows_of(first, second, both, [](float a, float b) { return a * b; });
  const ProductParameters parameters{.weights = {1.0F, -1.0F, 0.5F, 2.0F}, .bias = {0.0F}};
  constexpr std::array<std::size_t, 2> pair{0, 2};
  constexpr std::array<std::size_t, 1> input_2{2};
  const InputRemoval at_once(rows, parameters);
  InputRemoval in_turn(rows, parameters);
  const double first_loss = in_turn.loss(input_0);
  in_turn.remove(input_0);
  CHECK(first_loss + in_turn.loss(input_2) == Approx(at_once.loss(pair)));
  in_turn.remove(input_2);
  InputRemoval removed(rows, parameters);
  removed.remove(pair);
  CHECK(in_turn.loss(input_1) == Approx(removed.loss(input_1)));
}

TEST_CASE("where nothing varies nothing costs anything") {
  const auto constant = [](float, float) { return 0.0F; };
  const InputRemoval removal(rows_of(constant, constant), {.weights = {1.0F, 1.0F}, .bias = {0.0F}});
  CHECK(removal.loss(input_0) == 0.0);
}

TEST_CASE("very many inputs are judged one by one") {
  Rng rng(3);
  constexpr std::size_t inputs = InputRemoval::most_inputs + 1;
  ProductRows rows{.samples = 4, .count = 400, .inputs = inputs, .outputs = 1};
  for (std::size_t i = 0; i < rows.count * inputs; ++i) rows.exact.push_back(rng.real(-1.0F, 1.0F));
  ProductParameters parameters{.weights = std::vector<float>(inputs, 0.0F), .bias = {0.0F}};
  parameters.weights[0] = 1.0F;
  parameters.weights[1] = 2.0F;
  InputRemoval removal(rows, parameters);
  CHECK(removal.loss(input_0) == Approx(0.2).margin(0.05));
  removal.remove(input_0);
  CHECK(removal.loss(input_0) == 0.0);
  CHECK(removal.loss(input_1) == Approx(0.8).margin(0.05));
}

TEST_CASE("what stays takes over the weights and the mean of what goes") {
  const auto shifted = [](float a, float) { return a + 3.0F; };
  InputRemoval removal(rows_of(shifted, first, second), {.weights = {1.0F, 1.0F, 2.0F}, .bias = {0.5F}});
  removal.remove(input_0);
  const ProductParameters left = removal.parameters();
  CHECK(left.weights[0] == 0.0F);
  CHECK(left.weights[1] == Approx(2.0).margin(0.02));
  CHECK(left.weights[2] == Approx(2.0).margin(0.02));
  CHECK(left.bias[0] == Approx(3.5).margin(0.02));
}
