#include "lib/ops/support/recurrent.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::string_view directions[] = {"forward", "reverse", "bidirectional"};

Status check_attributes(const OpView& op, const RecurrentKind& kind) {
  if (std::ranges::find(directions, op.text("direction")) == std::end(directions))
    return at(op, Code::attribute_range,
              "direction is '" + op.text("direction") + "', must be 'forward', 'reverse' or 'bidirectional'");
  MOTE_TRY([[maybe_unused]] const auto activations, recurrent_activations(op, kind));
  return Ok{};
}

Status check_real(const OpView& op, std::size_t operand, std::string_view role, std::vector<std::int64_t> extents) {
  if (!op.has_in(operand)) return Ok{};
  MOTE_TRY_STATUS(expect_same_dtype(op, operand, role));
  return expect_shape(op, operand, role, std::move(extents));
}

Status check_operands(const OpView& op, const RecurrentKind& kind) {
  MOTE_TRY_STATUS(expect_dtype(op, x_of, "X", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, x_of, "X", 3, 3));
  MOTE_TRY_STATUS(expect_rank(op, r_of, "R", 3, 3));
  const RecurrentShape shape = recurrent_shape(op);
  if (op.has("hidden_size") && op.integer("hidden_size") != shape.hidden)
    return at(op, Code::shape_mismatch,
              "hidden_size is " + std::to_string(op.integer("hidden_size")) + ", but 'R' is " + type_text(op.in(r_of)));
  const std::int64_t rows = kind.gates * shape.hidden;
  MOTE_TRY_STATUS(check_real(op, w_of, "W", {shape.directions, rows, shape.input}));
  MOTE_TRY_STATUS(check_real(op, r_of, "R", {shape.directions, rows, shape.hidden}));
  MOTE_TRY_STATUS(check_real(op, b_of, "B", {shape.directions, 2 * rows}));
  if (op.has_in(lengths_of)) {
    MOTE_TRY_STATUS(expect_dtype(op, lengths_of, "sequence_lens", {DType::s32}));
    MOTE_TRY_STATUS(expect_shape(op, lengths_of, "sequence_lens", {shape.batch}));
  }
  MOTE_TRY_STATUS(check_real(op, initial_h_of, "initial_h", shape.state_extents()));
  if (!kind.has_cell) return Ok{};
  MOTE_TRY_STATUS(check_real(op, initial_c_of, "initial_c", shape.state_extents()));
  return check_real(op, peephole_of, "P", {shape.directions, 3 * shape.hidden});
}

void append_functions(const RecurrentKind& kind, std::span<const RecurrentActivation> activations,
                      const std::string& prefix, KernelCall& call) {
  for (std::size_t i = 0; i < kind.functions.size(); ++i) {
    const std::string name = prefix + std::string(kind.functions[i]);
    call.fields.emplace_back(name, activations[i].kind);
    call.fields.emplace_back(name + "_alpha", activations[i].alpha);
    call.fields.emplace_back(name + "_beta", activations[i].beta);
  }
}

}  // namespace

void append_recurrent_fields(const RecurrentShape& shape, KernelCall& call) {
  call.fields = {{"steps", field(shape.steps)},
                 {"batch", field(shape.batch)},
                 {"input", field(shape.input)},
                 {"hidden", field(shape.hidden)},
                 {"x_step", field(shape.x_step())},
                 {"x_batch_step", field(shape.x_batch_step())},
                 {"y_step", field(shape.y_step())},
                 {"y_batch_step", field(shape.y_batch_step())},
                 {"state_batch_step", field(shape.state_batch_step())},
                 {"backward", shape.backward}};
  if (shape.directions == 1) return;
  call.fields.emplace_back("y_direction_step", field(shape.direction_step()));
  call.fields.emplace_back("state_direction_step", field(shape.direction_step()));
}

std::vector<std::int64_t> RecurrentShape::y_extents() const {
  if (batch_first) return {batch, steps, directions, hidden};
  return {steps, directions, batch, hidden};
}

std::vector<std::int64_t> RecurrentShape::state_extents() const {
  if (batch_first) return {batch, directions, hidden};
  return {directions, batch, hidden};
}

RecurrentShape recurrent_shape(const OpView& op) {
  const Shape &x = op.in(x_of).shape, &r = op.in(r_of).shape;
  const bool batch_first = op.integer("layout") != 0;
  return {.steps = x[batch_first ? 1 : 0],
          .batch = x[batch_first ? 0 : 1],
          .input = x[2],
          .hidden = r[2],
          .directions = op.text("direction") == "bidirectional" ? 2 : 1,
          .backward = op.text("direction") == "reverse",
          .batch_first = batch_first};
}

Result<Types> recurrent_types(const OpView& op, const RecurrentKind& kind) {
  MOTE_TRY_STATUS(check_attributes(op, kind));
  MOTE_TRY_STATUS(check_operands(op, kind));
  const RecurrentShape shape = recurrent_shape(op);
  Types types(op.node.outputs.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    MOTE_TRY(types[i], make_type(op, op.in(x_of).dtype, i == 0 || i == 3 ? shape.y_extents() : shape.state_extents()));
  }
  return types;
}

std::int64_t recurrent_macs(const OpView& op, const RecurrentKind& kind) {
  const RecurrentShape shape = recurrent_shape(op);
  return shape.steps * shape.batch * shape.directions * kind.gates * shape.hidden * (shape.input + shape.hidden);
}

Result<KernelCall> recurrent_call(const OpView& op, const RecurrentKind& kind, std::string kernel,
                                  std::int64_t scratch) {
  const RecurrentShape shape = recurrent_shape(op);
  const std::size_t operands = kind.has_cell ? 8 : 6, results = kind.has_cell ? 3 : 2;
  KernelCall call{.header = kernel + "_f32",
                  .kernel = kernel + (shape.directions == 2 ? "_bidirectional_f32" : "_f32"),
                  .macs = recurrent_macs(op, kind)};
  append_recurrent_fields(shape, call);
  call.fields.emplace_back("clips", op.has("clip"));
  call.fields.emplace_back("limit", op.has("clip") ? op.real("clip") : 0.0F);
  MOTE_TRY(const std::vector<RecurrentActivation> activations, recurrent_activations(op, kind));
  append_functions(kind, activations, "", call);
  if (shape.directions == 2)
    append_functions(kind, std::span(activations).subspan(kind.functions.size()), "second_", call);
  for (std::size_t i = 0; i < operands; ++i) call.operands.push_back(op.has_in(i) ? op.node.inputs[i] : ValueId{});
  for (std::size_t i = 0; i < results; ++i) {
    call.operands.push_back(op.has_out(i) ? op.node.outputs[i] : ValueId{});
    // States that are no results live in the scratch.
    if (i > 0 && !op.has_out(i)) scratch += shape.hidden;
  }
  call.scratch_bytes = (shape.hidden + scratch) * byte_size(DType::f32);
  return call;
}

void adapt_recurrent(std::int64_t opset, Attrs& attrs) {
  if (opset < 7) attrs.erase("output_sequence");
}

}  // namespace mote::ops
