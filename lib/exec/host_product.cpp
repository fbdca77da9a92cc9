#include <algorithm>

#include "lib/exec/depthwise_taps.hpp"
#include "lib/exec/host_epilogue.hpp"
#include "lib/exec/host_kernels.hpp"
#include "lib/exec/matrix_product.hpp"
#include "lib/exec/unfolding.hpp"
#include "lib/ops/support/batched_product.hpp"

namespace mote {
namespace {

// Room that a kernel keeps from run to run. A copy of the kernel has its own.
struct Room {
  std::vector<float> panel{}, taps{};
};

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
  return [=, epilogue = host_epilogue_of(op), room = Room{}](Operands in, Outputs out) mutable {
    const auto y = out[0].as<float>();
    begin_at_bias(optional_operand(in, 2), y);
    add_matrix_product(rows, depth, columns, {in[0]->as<float>().data(), depth, 1},
                       {in[1]->as<float>().data(), columns, 1}, y.data(), room.panel);
    epilogue.finish(optional_operand(in, 3), y);
  };
}

HostKernel conv2d(const OpView& op) {
  if (op.integer("group") != 1) return {};
  const Unfolding unfolding = unfolding_of(op, op.in(0).shape, op.in(1).shape.extents().first(2));
  const std::int64_t columns = op.out(0).shape[3];
  return [=, epilogue = host_epilogue_of(op), room = Room{}](Operands in, Outputs out) mutable {
    const auto y = out[0].as<float>();
    const float* taps = in[0]->as<float>().data();
    if (!unfolding.is_identity()) {
      room.taps.resize(static_cast<std::size_t>(unfolding.rows() * unfolding.row()));
      unfolding.unfold(taps, 0.0F, room.taps.data());
      taps = room.taps.data();
    }
    begin_at_bias(optional_operand(in, 2), y);
    add_matrix_product(unfolding.rows(), unfolding.row(), columns, {taps, unfolding.row(), 1},
                       {in[1]->as<float>().data(), columns, 1}, y.data(), room.panel);
    epilogue.finish(optional_operand(in, 3), y);
  };
}

HostKernel depthwise_conv2d(const OpView& op) {
  const Shape &x = op.in(0).shape, &w = op.in(1).shape;
  if (w[2] != x[3]) return {};
  const ops::Window window = *ops::resolve_window(op, x.extents().subspan(1, 2), w.extents().first(2));
  return [taps = DepthwiseTaps(window, x[0], x[3]), epilogue = host_epilogue_of(op)](Operands in, Outputs out) {
    const auto y = out[0].as<float>();
    begin_at_bias(optional_operand(in, 2), y);
    taps.convolve(in[0]->as<float>().data(), in[1]->as<float>().data(), y.data());
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
  if (name == "DepthwiseConv2d") return depthwise_conv2d(op);
  return {};
}

}  // namespace mote
