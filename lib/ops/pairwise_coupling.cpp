// PairwiseCoupling: mote's own; probabilities of classes [N,classes] from those of pairs [N,pairs], f32: how likely the
// first class of (0,1), (0,2), …, (1,2), … is when it must be one of the two.
// Value: Wu, Lin, Weng: Probability Estimates for Multi-class Classification by Pairwise Coupling (2004), algorithm 2, as
// libsvm and ONNX Runtime stop it: codegen/kernels/pairwise_coupling.hpp.
#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec coupling_attrs[] = {{.name = "classes", .required = true, .lowest = 2, .highest = 1000}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "pairs", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "pairs", 2, 2));
  const std::int64_t classes = op.integer("classes"), pairs = op.in(0).shape[1];
  if (pairs != classes * (classes - 1) / 2)
    return at(op, Code::shape_mismatch, std::to_string(pairs) + " pairs for " + std::to_string(classes) + " classes");
  MOTE_TRY(TensorType type, make_type(op, DType::f32, {op.in(0).shape[0], classes}));
  return Types{std::move(type)};
}

template <class T>
class Coupling {
 public:
  explicit Coupling(std::size_t classes) : classes_(classes), q_(classes * classes), product_(classes) {}

  void run(std::span<const T> pairs, std::span<T> p) {
    fill(pairs);
    for (T& value : p) value = T{1} / static_cast<T>(classes_);
    const T tolerance = T(0.005F) / static_cast<T>(classes_);
    for (int round = 0; round < 100; ++round) {
      T norm = multiply(p), worst{0};
      for (const T value : product_) worst = std::max(worst, std::abs(value - norm));
      if (worst < tolerance) return;
      for (std::size_t i = 0; i < classes_; ++i) improve(i, norm, p);
    }
  }

 private:
  // q_ij = -r_ji r_ij, q_ii = the sum of r_ji^2; r_ij is how likely i is against j.
  void fill(std::span<const T> pairs) {
    std::ranges::fill(q_, T{0});
    std::size_t pair = 0;
    for (std::size_t i = 0; i < classes_; ++i)
      for (std::size_t j = i + 1; j < classes_; ++j) {
        const T first = pairs[pair++], second = T{1} - first;
        q_[i * classes_ + j] = q_[j * classes_ + i] = -second * first;
        q_[i * classes_ + i] += second * second;
        q_[j * classes_ + j] += first * first;
      }
  }

  // product = q p; returns p q p.
  T multiply(std::span<const T> p) {
    T norm{0};
    for (std::size_t i = 0; i < classes_; ++i) {
      product_[i] = T{0};
      for (std::size_t j = 0; j < classes_; ++j) product_[i] += q_[i * classes_ + j] * p[j];
      norm += p[i] * product_[i];
    }
    return norm;
  }

  void improve(std::size_t i, T& norm, std::span<T> p) {
    const T step = (-product_[i] + norm) / q_[i * classes_ + i];
    p[i] += step;
    norm = (norm + step * (step * q_[i * classes_ + i] + T{2} * product_[i])) / (T{1} + step) / (T{1} + step);
    for (std::size_t j = 0; j < classes_; ++j) {
      product_[j] = (product_[j] + step * q_[i * classes_ + j]) / (T{1} + step);
      p[j] /= T{1} + step;
    }
  }

  std::size_t classes_;
  std::vector<T> q_, product_;
};

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const auto classes = static_cast<std::size_t>(op.integer("classes")), pairs = static_cast<std::size_t>(op.in(0).shape[1]);
  Coupling<T> coupling(classes);
  for (std::size_t row = 0; row < static_cast<std::size_t>(op.in(0).shape[0]); ++row)
    coupling.run(in[0]->as<T>().subspan(row * pairs, pairs), out[0].as<T>().subspan(row * classes, classes));
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(op, in, out);
  else
    run<float>(op, in, out);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const std::int64_t classes = op.integer("classes");
  return KernelCall{.header = "pairwise_coupling",
                    .kernel = "pairwise_coupling",
                    .fields = {{"rows", field(op.in(0).shape[0])}, {"classes", field(classes)}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]},
                    .scratch_bytes = (classes + 1) * classes * static_cast<std::int64_t>(sizeof(float))};
}

Sample sample(Rng& rng) {
  const std::int64_t classes = rng.integer(2, 5);
  return {.attrs = {{"classes", classes}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 4), classes * (classes - 1) / 2})},
                      .low = 0.05F,
                      .high = 0.95F}}};
}

constexpr OpDef family[] = {
    {.name = "PairwiseCoupling",
     .summary = "probabilities of classes from those between two of them",
     .attrs = coupling_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> pairwise_coupling_ops();
std::span<const OpDef> pairwise_coupling_ops() { return family; }

}  // namespace mote::ops
