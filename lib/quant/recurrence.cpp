#include "lib/quant/recurrence.hpp"

#include <algorithm>
#include <cmath>

#include "lib/quant/weight_scale.hpp"

namespace mote {
namespace {

constexpr double int32_limit = 2147483647.0;
constexpr double state_magnitude = 32768.0;
constexpr int state_places = 15;
constexpr std::int64_t widest_shift = 46;
constexpr double cell_headroom = 1.25;

// Where a table ends, a function must have come this near to what it tends to.
constexpr double leveled_off = 0x1p-14;
constexpr double far_away = 0x1p20;
constexpr int widest_range = 6;  // as a power of two
constexpr int table_intervals = 512;

bool is_level_beyond(const std::function<double(double)>& function, double end) {
  return std::abs(function(end) - function(far_away)) <= leveled_off &&
         std::abs(function(-end) - function(-far_away)) <= leveled_off;
}

// A row's weights as levels; the scale of a row of zeros is 0.
double append_levels(const std::vector<double>& weights, std::vector<std::int8_t>& levels) {
  const double scale = exact_weight_scale(weights).value_or(full_range_scale(weights));
  for (const double weight : weights) {
    const double level = scale > 0.0 ? std::nearbyint(weight / scale) : 0.0;
    levels.push_back(static_cast<std::int8_t>(std::clamp(level, -128.0, 127.0)));
  }
  return scale;
}

struct Factors {
  std::vector<double> input, state;  // of the sums, in levels
};

struct RowSums {
  double sum = 0.0, magnitude = 0.0;
};

RowSums sums_of(const std::vector<std::int8_t>& levels, std::size_t row, std::size_t depth) {
  RowSums sums;
  for (std::size_t k = row * depth; k < (row + 1) * depth; ++k) {
    sums.sum += levels[k];
    sums.magnitude += std::abs(static_cast<double>(levels[k]));
  }
  return sums;
}

bool choose_multipliers(const Factors& factors, IntegerGates& result) {
  double largest = 0.0;
  for (const auto* all : {&factors.input, &factors.state})
    for (const double factor : *all) {
      if (!std::isfinite(factor)) return false;
      largest = std::max(largest, factor);
    }
  const auto scaled = [&](double factor) {
    return std::nearbyint(std::ldexp(factor, static_cast<int>(result.gate_shift + result.level_shift)));
  };
  result.gate_shift = widest_shift;
  while (result.gate_shift > 0 && scaled(largest) > int32_limit) --result.gate_shift;
  if (scaled(largest) > int32_limit) return false;
  result.input_multiplier.clear();
  result.state_multiplier.clear();
  for (const double factor : factors.input)
    result.input_multiplier.push_back(static_cast<std::int32_t>(scaled(factor)));
  for (const double factor : factors.state)
    result.state_multiplier.push_back(static_cast<std::int32_t>(scaled(factor)));
  return true;
}

// Biases in 2^-level_shift of a level, and whether everything then fits 32 bits for all that the types allow.
class Biases {
 public:
  Biases(const GateRows& gates, IntegerGates& result) : gates_(gates), result_(result) {
    half_ = std::ldexp(0.5, static_cast<int>(result.level_shift));
    x_magnitude_ = gates.input.stored() == DType::s16 ? 32768.0 : 128.0;
    result.bias.clear();
    result.split_bias.clear();
  }

  bool set(std::size_t index) {
    const GateRows::Row& row = gates_.rows[index];
    const RowSums x = sums_of(result_.w, index, row.w.size()), h = sums_of(result_.r, index, row.r.size());
    const double x_reach = x.magnitude * x_magnitude_, h_reach = h.magnitude * state_magnitude;
    if (x_reach > int32_limit || h_reach > int32_limit) return false;
    const double x_part = shifted(x_reach, result_.input_multiplier[index]);
    const double h_part = shifted(h_reach, result_.state_multiplier[index]);
    const double zero = shifted(gates_.input.zero_point * x.sum, result_.input_multiplier[index]);
    const double bias = in_units(row.input_bias + (row.splits ? 0.0 : row.state_bias), row.places);
    if (!append(result_.bias, bias - zero + half_, x_part + (row.splits ? 0.0 : h_part))) return false;
    return !row.splits || append(result_.split_bias, in_units(row.state_bias, row.places) + half_, h_part);
  }

 private:
  [[nodiscard]] double shifted(double sum, std::int32_t multiplier) const {
    return std::ldexp(sum * multiplier, -static_cast<int>(result_.gate_shift));
  }
  [[nodiscard]] double in_units(double real, std::int64_t places) const {
    return std::ldexp(real, static_cast<int>(places + result_.level_shift));
  }
  static bool append(std::vector<std::int32_t>& biases, double bias, double reach) {
    // Two units of slack for what is rounded on the way.
    if (!(std::abs(bias) + reach + 2.0 < int32_limit)) return false;
    biases.push_back(static_cast<std::int32_t>(std::nearbyint(bias)));
    return true;
  }

  const GateRows& gates_;
  IntegerGates& result_;
  double half_ = 0.0, x_magnitude_ = 128.0;
};

}  // namespace

Grid hidden_state_grid() { return {.scale = 0x1p-15F, .zero_point = 0, .lowest = -32767, .highest = 32767}; }

Grid cell_grid(std::int64_t places) {
  return {.scale = std::ldexp(1.0F, -static_cast<int>(places)), .zero_point = 0, .lowest = -32767, .highest = 32767};
}

std::int64_t cell_places(double largest) {
  std::int64_t places = state_places;
  while (places > 0 && std::ldexp(largest * cell_headroom, static_cast<int>(places)) > 32767.0) --places;
  return places;
}

std::optional<FunctionTable> function_table(const std::function<double(double)>& function, double lowest) {
  int range = 0;
  while (range < widest_range && !is_level_beyond(function, std::ldexp(1.0, range))) ++range;
  if (!is_level_beyond(function, std::ldexp(1.0, range))) return std::nullopt;
  FunctionTable table{.places = state_places - range,
                      .values = Tensor::zeros(DType::s16, *Shape::make({table_intervals + 1}))};
  for (int i = 0; i <= table_intervals; ++i) {
    const double value = function(std::ldexp(i - table_intervals / 2, range - 8));
    if (!(value >= lowest && value <= 1.0)) return std::nullopt;
    const double level = std::clamp(std::nearbyint(std::ldexp(value, state_places)), -32767.0, 32767.0);
    table.values.as<std::int16_t>()[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(level);
  }
  return table;
}

std::optional<IntegerGates> quantize_gates(const GateRows& gates) {
  IntegerGates result;
  Factors factors;
  for (const GateRows::Row& row : gates.rows) {
    const double level = std::ldexp(1.0, static_cast<int>(row.places));
    factors.input.push_back(append_levels(row.w, result.w) * static_cast<double>(gates.input.scale) * level);
    factors.state.push_back(append_levels(row.r, result.r) * std::ldexp(level, -state_places));
  }
  // Fewer places of a bias where worst sums leave 32 bits: inputs of a wide range.
  for (result.level_shift = 8; result.level_shift >= 0; --result.level_shift) {
    if (!choose_multipliers(factors, result)) continue;
    Biases biases(gates, result);
    bool fits = true;
    for (std::size_t i = 0; i < gates.rows.size() && fits; ++i) fits = biases.set(i);
    if (fits) return result;
  }
  return std::nullopt;
}

}  // namespace mote
