#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "lib/exec/host_kernels.hpp"
#include "lib/exec/matrix_product.hpp"
#include "lib/exec/unfolding.hpp"
#include "lib/ops/support/batched_product.hpp"
#include "lib/ops/support/epilogue.hpp"

namespace mote {
namespace {

// Room that a kernel keeps from run to run. A copy of the kernel has its own.
struct Room {
  std::vector<float> panel{}, taps{};
};

// The rows of y begin at the bias, or at 0.
void begin_rows(const Tensor* bias, std::span<float> y) {
  if (bias == nullptr) {
    std::ranges::fill(y, 0.0F);
    return;
  }
  const auto row = bias->as<float>();
  for (std::size_t i = 0; i < y.size(); i += row.size())
    std::ranges::copy(row, y.begin() + static_cast<std::ptrdiff_t>(i));
}

// Residual and clamp of the core products.
struct Epilogue {
  std::optional<float> low{}, high{};

  void finish(const Tensor* residual, std::span<float> y) const {
    if (residual != nullptr) std::ranges::transform(y, residual->as<float>(), y.begin(), std::plus<>());
    const float lowest = low.value_or(-std::numeric_limits<float>::infinity());
    const float highest = high.value_or(std::numeric_limits<float>::infinity());
    if (low || high)
      for (float& value : y) value = value < lowest ? lowest : value > highest ? highest : value;
  }
};

Epilogue epilogue_of(const OpView& op) { return {.low = ops::low_bound(op), .high = ops::high_bound(op)}; }
const Tensor* optional_operand(Operands in, std::size_t i) { return i < in.size() ? in[i] : nullptr; }

HostKernel gemm(const OpView& op) {
  if (op.in(0).shape.rank() != 2) return {};
  const bool turn_a = op.integer("transA") != 0, turn_b = op.integer("transB") != 0;
  if (op.has_in(2) || op.real("alpha") != 1.0F) return {};
  const std::int64_t rows = op.out(0).shape[0], columns = op.out(0).shape[1], depth = op.in(0).shape[turn_a ? 0 : 1];
  return [=, room = Room{}](Operands in, Outputs out) mutable {
    const MatrixView left{in[0]->as<float>().data(), turn_a ? 1 : depth, turn_a ? rows : 1};
    const MatrixView right{in[1]->as<float>().data(), turn_b ? 1 : columns, turn_b ? depth : 1};
    std::ranges::fill(out[0].as<float>(), 0.0F);
    add_matrix_product(rows, depth, columns, left, right, out[0].as<float>().data(), room.panel);
  };
}

HostKernel matmul(const OpView& op) {
  const auto batched = ops::batched_product_of(op);
  return [batched = *batched, room = Room{}](Operands in, Outputs out) mutable {
    const ops::MatrixProduct& product = batched.product;
    float* y = out[0].as<float>().data();
    std::ranges::fill(out[0].as<float>(), 0.0F);
    for_each_matrix(batched, [&](std::int64_t from_left, std::int64_t from_right) {
      const MatrixView left{in[0]->as<float>().data() + from_left, product.left.row, product.left.column};
      const MatrixView right{in[1]->as<float>().data() + from_right, product.right.row, product.right.column};
      add_matrix_product(product.rows, product.depth, product.columns, left, right, y, room.panel);
      y += product.rows * product.columns;
    });
  };
}

HostKernel dense(const OpView& op) {
  const std::int64_t rows = op.in(0).shape[0], depth = op.in(0).shape[1], columns = op.in(1).shape[1];
  return [=, epilogue = epilogue_of(op), room = Room{}](Operands in, Outputs out) mutable {
    const auto y = out[0].as<float>();
    begin_rows(optional_operand(in, 2), y);
    add_matrix_product(rows, depth, columns, {in[0]->as<float>().data(), depth, 1},
                       {in[1]->as<float>().data(), columns, 1}, y.data(), room.panel);
    epilogue.finish(optional_operand(in, 3), y);
  };
}

HostKernel conv2d(const OpView& op) {
  if (op.integer("group") != 1) return {};
  const Unfolding unfolding = unfolding_of(op, op.in(0).shape, op.in(1).shape.extents().first(2));
  const std::int64_t columns = op.out(0).shape[3];
  return [=, epilogue = epilogue_of(op), room = Room{}](Operands in, Outputs out) mutable {
    const auto y = out[0].as<float>();
    const float* taps = in[0]->as<float>().data();
    if (!unfolding.is_identity()) {
      room.taps.resize(static_cast<std::size_t>(unfolding.rows() * unfolding.row()));
      unfolding.unfold(taps, 0.0F, room.taps.data());
      taps = room.taps.data();
    }
    begin_rows(optional_operand(in, 2), y);
    add_matrix_product(unfolding.rows(), unfolding.row(), columns, {taps, unfolding.row(), 1},
                       {in[1]->as<float>().data(), columns, 1}, y.data(), room.panel);
    epilogue.finish(optional_operand(in, 3), y);
  };
}

}  // namespace

HostKernel host_product(const OpView& op) {
  const std::string_view name = op.node.op->name;
  if (op.in(0).dtype != DType::f32 || op.out(0).shape.elements() == 0) return {};
  if (name == "Gemm") return gemm(op);
  if (name == "MatMul") return matmul(op);
  if (name == "Dense") return dense(op);
  if (name == "Conv2d") return conv2d(op);
  return {};
}

}  // namespace mote
