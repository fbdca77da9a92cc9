#include "lib/plan/cycles.hpp"

#include <array>
#include <string_view>

#include "lib/ops/support/sparse_weights.hpp"
#include "lib/plan/tree_cycles.hpp"
#include "lib/plan/weight_rates.hpp"

namespace mote {
namespace {

struct Rate {
  double per_mac = 0.0, per_result = 0.0;
};

// Of the kernels with most of the work, by their name without the type.
enum class Work : std::uint8_t { convolution, depthwise, dense, count };

// Integers of 8 and of 16 bits, and real numbers.
enum class Numbers : std::uint8_t { s8, s16, f32, count };

template <class Of, class Value>
using By = std::array<Value, static_cast<std::size_t>(Of::count)>;

struct CoreRates {
  By<Numbers, By<Work, Rate>> products{};
  double per_element = 0.0;  // of everything else
};

// Convolutions: means of kernels of 3 x 3 and 1 x 1.
constexpr CoreRates cortex_m0{.products = {{{{{7.0, 141.0}, {11.9, 162.0}, {6.5, 106.0}}},
                                            {{{9.9, 169.0}, {9.9, 225.0}, {6.8, 91.0}}},
                                            {{{180.0, 192.0}, {145.0, 463.0}, {182.0, 83.0}}}}},
                              .per_element = 40.0};
constexpr CoreRates cortex_m3{.products = {{{{{3.8, 45.0}, {6.3, 59.0}, {4.1, 29.0}}},
                                            {{{3.6, 31.0}, {3.9, 58.0}, {4.1, 18.0}}},
                                            {{{67.2, 89.0}, {53.2, 225.0}, {67.0, 72.0}}}}},
                              .per_element = 20.0};
constexpr CoreRates cortex_m4{.products = {{{{{4.0, 45.0}, {6.4, 57.0}, {4.1, 30.0}}},
                                            {{{3.5, 30.0}, {4.0, 56.0}, {4.1, 18.0}}},
                                            {{{3.3, 19.0}, {3.8, 31.0}, {4.0, 10.0}}}}},
                              .per_element = 15.0};

CoreRates scaled(CoreRates rates, double factor) {
  for (auto& numbers : rates.products)
    for (Rate& rate : numbers) rate = {rate.per_mac * factor, rate.per_result * factor};
  rates.per_element *= factor;
  return rates;
}

CoreRates rates_of(const Target& target) {
  if (target.isa == "avr") return scaled(cortex_m0, 8.0);  // one byte at a time
  if (target.isa == "armv6-m") return cortex_m0;
  return target.cpu.fpu == Fpu::none ? cortex_m3 : cortex_m4;
}

const Rate* rate_of(const CoreRates& rates, const Plan& plan, const Step& step) {
  const std::string_view kernel = step.call.kernel;
  const auto contains = [&](std::string_view part) { return kernel.find(part) != std::string_view::npos; };
  const DType dtype = plan.graph.at(plan.graph.nodes[step.node].inputs[0]).type.dtype;
  const Numbers numbers = dtype == DType::f32 ? Numbers::f32 : dtype == DType::s16 ? Numbers::s16 : Numbers::s8;
  const auto& of_numbers = rates.products[static_cast<std::size_t>(numbers)];
  if (contains("depthwise")) return &of_numbers[static_cast<std::size_t>(Work::depthwise)];
  if (contains("conv")) return &of_numbers[static_cast<std::size_t>(Work::convolution)];
  return step.call.macs > 0 ? &of_numbers[static_cast<std::size_t>(Work::dense)] : nullptr;
}

// Of weights without zeros, against all of them.
double work_of_stream(const Plan& plan, const Step& step) {
  const OpView product{plan.graph, plan.graph.nodes[step.node]};
  const ops::StreamBlock block = ops::stream_block_of(product);
  const Shape& y = product.out(0).shape;
  const WeightRates rates = weight_rates(plan.target, y.elements() > y[y.rank() - 1]);
  const auto stored = static_cast<double>(ops::stored_weights(
      ops::kernel_rows_of(product), block, product.constant(ops::stream_operand).as<std::uint8_t>()));
  return stored * rates.streamed(block) / (static_cast<double>(product.in(1).shape.elements()) * rates.plain);
}

std::int64_t results_of(const Plan& plan, const Step& step) {
  std::int64_t elements = 0;
  for (const ValueId id : plan.graph.nodes[step.node].outputs)
    if (id) elements += plan.graph.at(id).type.shape.elements();
  return elements;
}

}  // namespace

std::int64_t estimated_cycles(const Plan& plan) {
  const CoreRates rates = rates_of(plan.target);
  double cycles = 0.0;
  for (const Step& step : plan.steps) {
    const Rate* rate = rate_of(rates, plan, step);
    const double share = step.call.header.starts_with("quantized_sparse") ? work_of_stream(plan, step) : 1.0;
    const auto results = static_cast<double>(results_of(plan, step));
    cycles += rate == nullptr ? results * rates.per_element
                              : share * static_cast<double>(step.call.macs) * rate->per_mac + results * rate->per_result;
    cycles += tree_cycles(plan, step);
  }
  return static_cast<std::int64_t>(cycles);
}

}  // namespace mote
