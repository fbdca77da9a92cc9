#include "lib/ops/support/quantized_recurrent.hpp"

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr Interval any_s16{-32768, 32767};
constexpr std::int64_t output_unit = std::int64_t{1} << 30;

std::string row_text(std::int64_t row) { return " of row " + std::to_string(row); }

// The sums over `depth` products of one row of weights, partial ones included.
Interval reached_by_row(std::span<const std::int8_t> weights, const Interval& activation) {
  Interval signed_sums{};  // of the negative and of the positive weights
  for (const std::int8_t weight : weights) (weight < 0 ? signed_sums.lowest : signed_sums.highest) += weight;
  const Interval factor = hull(activation, point(0));
  return factor * point(signed_sums.lowest) + factor * point(signed_sums.highest);
}

// What the rows of a layer can reach, with any inputs in `x`.
class Rows {
 public:
  Rows(const OpView& op, const QuantizedRecurrentKind& kind, const Interval& x, bool splits_last_gate)
      : op_(op),
        x_(x),
        shape_(recurrent_shape(op)),
        gates_(kind.gates),
        splits_(splits_last_gate),
        w_(op.constant(w_of)),
        r_(op.constant(r_of)),
        bias_(op.constant(bias_of_gates)),
        input_multiplier_(op.constant(input_multiplier_of)),
        state_multiplier_(op.constant(state_multiplier_of)) {}

  struct Row {
    std::int64_t index = 0;
    Interval input{}, state{};  // sums
    Interval scaled{};          // after the shift, bias included
    Interval split{};           // the same of a state's part that stands alone
  };

  [[nodiscard]] std::int64_t count() const { return shape_.directions * gates_ * shape_.hidden; }

  [[nodiscard]] Row row(std::int64_t index) const {
    Row row{.index = index};
    row.input = reached_by_row(slice(w_, index, shape_.input), x_);
    row.state = reached_by_row(slice(r_, index, shape_.hidden), any_s16);
    const Interval from_input = row.input * point(at(input_multiplier_, index));
    const Interval from_state = row.state * point(at(state_multiplier_, index));
    const std::int64_t rows = gates_ * shape_.hidden, direction = index / rows, within = index % rows;
    const bool stands_alone = splits_ && within >= rows - shape_.hidden;
    const std::int64_t biases = rows + (splits_ ? shape_.hidden : 0);
    row.scaled = with_bias(stands_alone ? from_input : from_input + from_state, direction * biases + within);
    if (stands_alone) row.split = with_bias(from_state, direction * biases + within + shape_.hidden);
    return row;
  }

 private:
  static std::span<const std::int8_t> slice(const Tensor& weights, std::int64_t row, std::int64_t depth) {
    return weights.as<std::int8_t>().subspan(static_cast<std::size_t>(row * depth), static_cast<std::size_t>(depth));
  }
  static std::int64_t at(const Tensor& constant, std::int64_t i) {
    return constant.as<std::int32_t>()[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] Interval with_bias(const Interval& products, std::int64_t bias) const {
    return floor_divide(products, std::int64_t{1} << op_.integer("gate_shift")) + point(at(bias_, bias));
  }

  const OpView& op_;
  Interval x_;
  RecurrentShape shape_;
  std::int64_t gates_;
  bool splits_;
  Tensor w_, r_, bias_, input_multiplier_, state_multiplier_;
};

Status expect_tables(const OpView& op, const QuantizedRecurrentKind& kind) {
  for (std::int64_t i = 0; i < kind.tables; ++i) {
    const std::size_t operand = first_table_of + static_cast<std::size_t>(i);
    MOTE_TRY_STATUS(expect_constant_of(op, operand, "table", DType::s16, {function_table_size}));
    const std::int64_t lowest = kind.shares && i == 0 ? 0 : -largest_function_value;
    for (const std::int64_t value : op.constant(operand).to_integers())
      if (value < lowest)
        return at(op, Code::attribute_range,
                  "table " + std::to_string(i) + " holds " + std::to_string(value) + ", must be at least " +
                      std::to_string(lowest));
  }
  return Ok{};
}

Status expect_operands(const OpView& op, const QuantizedRecurrentKind& kind, bool splits_last_gate) {
  MOTE_TRY_STATUS(expect_activation(op, x_of, "x"));
  MOTE_TRY_STATUS(expect_rank(op, x_of, "x", 3, 3));
  MOTE_TRY_STATUS(expect_rank(op, r_of, "r", 3, 3));
  const RecurrentShape shape = recurrent_shape(op);
  const std::int64_t rows = kind.gates * shape.hidden;
  MOTE_TRY_STATUS(expect_constant_of(op, w_of, "w", DType::s8, {shape.directions, rows, shape.input}));
  MOTE_TRY_STATUS(expect_constant_of(op, r_of, "r", DType::s8, {shape.directions, rows, shape.hidden}));
  const std::int64_t biases = rows + (splits_last_gate ? shape.hidden : 0);
  MOTE_TRY_STATUS(expect_constant_of(op, bias_of_gates, "bias", DType::s32, {shape.directions * biases}));
  MOTE_TRY_STATUS(expect_multipliers(op, input_multiplier_of, shape.directions * rows));
  MOTE_TRY_STATUS(expect_multipliers(op, state_multiplier_of, shape.directions * rows));
  MOTE_TRY_STATUS(expect_tables(op, kind));
  for (std::size_t i = kind.initial_h(); i < kind.operands(); ++i) {
    if (!op.has_in(i)) continue;
    MOTE_TRY_STATUS(expect_dtype(op, i, "initial state", {DType::s16}));
    MOTE_TRY_STATUS(expect_shape(op, i, "initial state", shape.state_extents()));
  }
  return Ok{};
}

Status prove(const OpView& op, const Rows& rows) {
  for (std::int64_t i = 0; i < rows.count(); ++i) {
    const Rows::Row row = rows.row(i);
    MOTE_TRY_STATUS(expect_int32(op, "the sum over the input" + row_text(i), row.input));
    MOTE_TRY_STATUS(expect_int32(op, "the sum over the state" + row_text(i), row.state));
    MOTE_TRY_STATUS(expect_int32(op, "the level" + row_text(i), row.scaled));
    MOTE_TRY_STATUS(expect_int32(op, "the level of the state's part" + row_text(i), row.split));
  }
  return Ok{};
}

Interval levels_of_output(const OpView& op) {
  const Interval scaled = any_s16 * point(op.integer("output_multiplier")) + point(output_unit / 2);
  return floor_divide(scaled, output_unit) + point(op.integer("zero_point"));
}

}  // namespace

Result<Types> quantized_recurrent_types(const OpView& op, const QuantizedRecurrentKind& kind, bool splits_last_gate) {
  MOTE_TRY_STATUS(expect_operands(op, kind, splits_last_gate));
  MOTE_TRY_STATUS(prove(op, Rows(op, kind, interval_of(op.in(x_of).dtype), splits_last_gate)));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  const RecurrentShape shape = recurrent_shape(op);
  Types types(op.node.outputs.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    MOTE_TRY(types[i],
             make_type(op, i == 0 ? limits.dtype : DType::s16, i == 0 ? shape.y_extents() : shape.state_extents()));
  }
  return types;
}

IntegerBounds quantized_recurrent_bounds(const OpView& op, const QuantizedRecurrentKind& kind, Intervals inputs,
                                         bool splits_last_gate) {
  const Rows rows(op, kind, inputs[x_of], splits_last_gate);
  // What states add up over the steps is not bounded by a number of levels.
  IntegerBounds bounds{.output_rounding = 0.5, .constants_rounding = IntegerBounds::unknown};
  for (std::int64_t i = 0; i < rows.count(); ++i) {
    const Rows::Row row = rows.row(i);
    const AccumulatorBounds accumulator{
        .channel = i, .reached = hull(row.input, row.state), .shifted = hull(row.scaled, row.split)};
    const bool is_wider = !bounds.accumulator || accumulator.bits_left() < bounds.accumulator->bits_left();
    if (is_wider) bounds.accumulator = accumulator;
  }
  bounds.output = any_s16;
  if (!op.has_out(0)) return bounds;
  bounds.unclamped = levels_of_output(op);
  const Interval y = clamped(*bounds.unclamped, output_limits(op)->clamp);
  const bool has_states = op.has_out(1) || op.has_out(2);
  bounds.output = has_states ? hull(y, any_s16) : y;
  // One interval for results of two kinds: states hide where Y is limited.
  if (has_states)
    bounds.unclamped = y == *bounds.unclamped ? bounds.output : Interval{Interval::minus_infinity, Interval::infinity};
  return bounds;
}

std::int64_t quantized_recurrent_macs(const OpView& op, const QuantizedRecurrentKind& kind) {
  return recurrent_macs(op, {.gates = kind.gates});
}

KernelCall quantized_recurrent_call(const OpView& op, const QuantizedRecurrentKind& kind, const std::string& kernel,
                                    std::int64_t scratch) {
  const RecurrentShape shape = recurrent_shape(op);
  const Interval clamp = output_limits(op)->clamp;
  KernelCall call{.header = kernel,
                  .kernel = kernel + (shape.directions == 2 ? "_bidirectional" : ""),
                  .macs = quantized_recurrent_macs(op, kind)};
  append_recurrent_fields(shape, call);
  for (const std::string_view name : {"gate_shift", "level_shift", "output_multiplier", "zero_point"})
    call.fields.emplace_back(name, field(op.integer(name)));
  call.fields.emplace_back("lowest", field(clamp.lowest));
  call.fields.emplace_back("highest", field(clamp.highest));
  for (std::size_t i = 0; i < kind.operands(); ++i)
    call.operands.push_back(op.has_in(i) ? op.node.inputs[i] : ValueId{});
  for (std::size_t i = 0; i < kind.results(); ++i) {
    call.operands.push_back(op.has_out(i) ? op.node.outputs[i] : ValueId{});
    // States that are no results live in the scratch.
    if (i > 0 && !op.has_out(i)) scratch += shape.hidden;
  }
  call.scratch_bytes = (shape.hidden + scratch) * byte_size(DType::s16);
  return call;
}

}  // namespace mote::ops
