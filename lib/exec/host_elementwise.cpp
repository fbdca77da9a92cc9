#include <algorithm>
#include <array>

#include "lib/exec/host_kernels.hpp"
#include "lib/exec/wide_loop.hpp"
#include "lib/ops/support/broadcast.hpp"
#include "lib/ops/support/learned_scale.hpp"
#include "lib/ops/support/walk.hpp"

namespace mote {
namespace {

// The loops over a result and its operands, the innermost apart: there an operand lies side by side or repeats.
template <std::size_t N>
struct Rows {
  ops::Walk outer{};
  std::int64_t length = 1;
  std::array<std::int64_t, N> steps{};

  // visit({first element of each operand}) for every row of the result, in order.
  template <class Visit>
  void for_each(Visit visit) const {
    std::vector<std::int64_t> position(outer.extents.size(), 0);
    std::int64_t rows = 1;
    for (const std::int64_t extent : outer.extents) rows *= extent;
    for (std::int64_t row = 0; row < rows; ++row) {
      std::array<std::int64_t, N> first{};
      for (std::size_t n = 0; n < N; ++n)
        for (std::size_t axis = 0; axis < position.size(); ++axis) first[n] += position[axis] * outer.strides[n][axis];
      visit(first, row * length);
      for (std::size_t axis = position.size(); axis-- > 0;) {
        if (++position[axis] < outer.extents[axis]) break;
        position[axis] = 0;
      }
    }
  }
};

template <std::size_t N>
Rows<N> rows_of(const OpView& op) {
  const Shape& result = op.out(0).shape;
  ops::Walk walk{.extents = {result.extents().begin(), result.extents().end()}};
  for (std::size_t n = 0; n < N; ++n) walk.strides.push_back(ops::broadcast_strides(op.in(n).shape, result));
  Rows<N> rows{.outer = ops::merged(walk)};
  rows.length = rows.outer.extents.back();
  rows.outer.extents.pop_back();
  for (std::size_t n = 0; n < N; ++n) {
    rows.steps[n] = rows.outer.strides[n].back();
    rows.outer.strides[n].pop_back();
  }
  return rows;
}

// Steps of 0 and 1 as constants, so that the loop becomes vector instructions.
template <class T, class F>
void row_of_two(std::int64_t count, const float* a, std::int64_t a_step, const float* b, std::int64_t b_step, T* y,
                F f) {
  const float first_b = *b;
  if (a_step == 1 && b_step == 1)
    for (std::int64_t i = 0; i < count; ++i) y[i] = f(a[i], b[i]);
  else if (a_step == 1 && b_step == 0)
    for (std::int64_t i = 0; i < count; ++i) y[i] = f(a[i], first_b);
  else
    for (std::int64_t i = 0; i < count; ++i) y[i] = f(a[i * a_step], b[i * b_step]);
}

template <class T, class F>
HostKernel binary(const OpView& op, F f) {
  return [rows = rows_of<2>(op), f](Operands in, Outputs out) {
    const float *a = in[0]->as<float>().data(), *b = in[1]->as<float>().data();
    T* y = out[0].as<T>().data();
    run_widely([&] {
      rows.for_each([&](const auto& first, std::int64_t to) {
        row_of_two(rows.length, a + first[0], rows.steps[0], b + first[1], rows.steps[1], y + to, f);
      });
    });
  };
}

HostKernel where(const OpView& op) {
  return [rows = rows_of<3>(op)](Operands in, Outputs out) {
    const std::uint8_t* condition = in[0]->as<std::uint8_t>().data();
    const float *a = in[1]->as<float>().data(), *b = in[2]->as<float>().data();
    float* y = out[0].as<float>().data();
    rows.for_each([&](const auto& first, std::int64_t to) {
      const std::uint8_t* question = condition + first[0];
      const float *yes = a + first[1], *no = b + first[2];
      const auto [step, yes_step, no_step] = rows.steps;
      if (step == 1 && yes_step == 1 && no_step == 0)
        for (std::int64_t i = 0; i < rows.length; ++i) y[to + i] = question[i] != 0 ? yes[i] : *no;
      else
        for (std::int64_t i = 0; i < rows.length; ++i)
          y[to + i] = question[i * step] != 0 ? yes[i * yes_step] : no[i * no_step];
    });
  };
}

HostKernel expand(const OpView& op) {
  return [rows = rows_of<1>(op)](Operands in, Outputs out) {
    const float* x = in[0]->as<float>().data();
    float* y = out[0].as<float>().data();
    rows.for_each([&](const auto& first, std::int64_t to) {
      if (rows.steps[0] == 0)
        std::fill_n(y + to, rows.length, x[first[0]]);
      else
        std::copy_n(x + first[0], rows.length, y + to);
    });
  };
}

HostKernel relu(const OpView&) {
  return [](Operands in, Outputs out) {
    std::ranges::transform(in[0]->as<float>(), out[0].as<float>().begin(), [](float x) { return x < 0.0F ? 0.0F : x; });
  };
}

// Numbers below 2^22 lose their fraction, rounded half to even, where 1.5 * 2^23 is added: limiting first gives the same
// levels as limiting last, because limits are whole.
struct Levels {
  explicit Levels(const OpView& op)
      : lowest(static_cast<float>(op.integer("lowest") - op.integer("zero_point"))),
        highest(static_cast<float>(op.integer("highest") - op.integer("zero_point"))) {}

  [[nodiscard]] float rounded(float x, float scale) const {
    constexpr float whole = 12582912.0F;
    float level = x / scale;
    level = level == level ? level : 0.0F;
    level = level < lowest ? lowest : level;
    level = level > highest ? highest : level;
    return ((level + whole) - whole) * scale;
  }
  float lowest, highest;
};

HostKernel fake_quantize(const OpView& op) {
  return [levels = Levels(op), scale = op.real("scale")](Operands in, Outputs out) {
    const auto x = in[0]->as<float>();
    const auto y = out[0].as<float>();
    run_widely([&] {
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = levels.rounded(x[i], scale);
    });
  };
}

HostKernel learned_quantize(const OpView& op) {
  return [levels = Levels(op), scales = std::vector<float>{}](Operands in, Outputs out) mutable {
    const auto logarithms = in[1]->as<float>();
    scales.resize(logarithms.size());
    std::ranges::transform(logarithms, scales.begin(), ops::learned_scale<float>);
    const std::size_t channels = scales.size(), rows = in[0]->as<float>().size() / channels;
    const float *x = in[0]->as<float>().data(), *scale = scales.data();
    float* y = out[0].as<float>().data();
    run_widely([&] {
      const float first = *scale;
      if (channels == 1)
        for (std::size_t i = 0; i < rows; ++i) y[i] = levels.rounded(x[i], first);
      else
        for (std::size_t row = 0; row < rows; ++row)
          for (std::size_t c = 0; c < channels; ++c)
            y[row * channels + c] = levels.rounded(x[row * channels + c], scale[c]);
    });
  };
}

}  // namespace

HostKernel host_elementwise(const OpView& op) {
  const std::string_view name = op.node.op->name;
  if (op.out(0).shape.elements() == 0) return {};
  if (name == "Where" && op.in(1).dtype == DType::f32) return where(op);
  if (std::ranges::any_of(op.node.inputs, [&](ValueId id) { return !id || op.graph.at(id).type.dtype != DType::f32; }))
    return {};
  if (name == "Add") return binary<float>(op, [](float a, float b) { return a + b; });
  if (name == "Sub") return binary<float>(op, [](float a, float b) { return a - b; });
  if (name == "Mul") return binary<float>(op, [](float a, float b) { return a * b; });
  if (name == "Div") return binary<float>(op, [](float a, float b) { return a / b; });
  if (name == "Greater")
    return binary<std::uint8_t>(op, [](float a, float b) { return static_cast<std::uint8_t>(a > b); });
  if (name == "Less")
    return binary<std::uint8_t>(op, [](float a, float b) { return static_cast<std::uint8_t>(a < b); });
  if (name == "Equal")
    return binary<std::uint8_t>(op, [](float a, float b) { return static_cast<std::uint8_t>(a == b); });
  if (name == "Expand") return expand(op);
  if (name == "Relu") return relu(op);
  if (name == "FakeQuantize") return fake_quantize(op);
  if (name == "LearnedQuantize") return learned_quantize(op);
  return {};
}

}  // namespace mote
