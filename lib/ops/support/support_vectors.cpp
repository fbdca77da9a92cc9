#include "lib/ops/support/support_vectors.hpp"

#include "lib/ops/support/enumerator.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

using Ref = Expansion::Ref;

constexpr std::array<std::string_view, 4> kernel_words{"LINEAR", "POLY", "RBF", "SIGMOID"};

// gamma x.v + coef0, with gamma in the vectors.
Ref add_scaled_products(Expansion& expansion, Ref x, const SupportVectors& machine) {
  const Ref vectors = expansion.constant(f32_tensor({machine.count, machine.features}, machine.vectors));
  const Ref shift = expansion.constant(f32_tensor({machine.count}, std::vector<double>(static_cast<std::size_t>(machine.count),
                                                                                       static_cast<double>(machine.coef0))));
  return expansion.add("Gemm", {x, vectors, shift}, {{"alpha", machine.gamma}, {"transB", std::int64_t{1}}});
}

// The powers that are usual as products, which are exact in their order of operations.
Ref add_power(Expansion& expansion, Ref x, float degree) {
  if (degree == 1.0F) return x;
  if (degree == 2.0F) return expansion.add("Mul", {x, x});
  if (degree == 3.0F) return expansion.add("Mul", {expansion.add("Mul", {x, x}), x});
  return expansion.add("Pow", {x, expansion.constant(f32_scalar(degree))});
}

Ref add_radial(Expansion& expansion, Ref x, const SupportVectors& machine) {
  const Ref vectors = expansion.constant(f32_tensor({machine.count, machine.features}, machine.vectors));
  return expansion.add("RadialKernel", {x, vectors}, {{"gamma", machine.gamma}});
}

}  // namespace

Result<SupportVectors> support_vectors_of(const OpView& op, std::int64_t count) {
  SupportVectors machine{.count = count, .features = feature_rows(op, 0).features};
  MOTE_TRY(machine.kernel, enumerator<SvmKernel>(op, "kernel_type", op.text("kernel_type"), kernel_words));
  if (count == 0) {
    machine.kernel = SvmKernel::linear;
    return machine;
  }
  if (machine.kernel != SvmKernel::linear) {
    MOTE_TRY(const std::vector<double> parameters, finite_list(op, "kernel_params", 3, ": gamma, coef0 and degree"));
    machine.gamma = static_cast<float>(parameters[0]);
    machine.coef0 = static_cast<float>(parameters[1]);
    machine.degree = static_cast<float>(parameters[2]);
  }
  const std::string why = " (" + std::to_string(count) + " vectors of " + std::to_string(machine.features) + " features)";
  MOTE_TRY(machine.vectors, finite_list(op, "support_vectors", count * machine.features, why));
  return machine;
}

Result<std::vector<double>> thresholds_of(const OpView& op, std::int64_t count) {
  const auto given = static_cast<std::int64_t>(real_list(op, "rho").size());
  if (given < count) return wrong_count(op, "rho", static_cast<std::size_t>(given), std::to_string(count));
  MOTE_TRY(std::vector<double> rho, finite_list(op, "rho", given, ""));
  rho.resize(static_cast<std::size_t>(count));
  return rho;
}

Ref add_kernel_rows(Expansion& expansion, Ref x, const SupportVectors& machine) {
  switch (machine.kernel) {
    case SvmKernel::radial: return add_radial(expansion, x, machine);
    case SvmKernel::polynomial: return add_power(expansion, add_scaled_products(expansion, x, machine), machine.degree);
    case SvmKernel::sigmoid: return expansion.add("Tanh", {add_scaled_products(expansion, x, machine)});
    case SvmKernel::linear: break;
  }
  const Ref vectors = expansion.constant(f32_tensor({machine.count, machine.features}, machine.vectors));
  return expansion.add("Gemm", {x, vectors}, {{"transB", std::int64_t{1}}});
}

Ref add_linear(Expansion& expansion, Ref x, std::int64_t columns, const std::vector<double>& weights,
               const std::vector<double>& bias) {
  const std::int64_t depth = static_cast<std::int64_t>(weights.size()) / columns;
  return expansion.add("Gemm", {x, expansion.constant(f32_tensor({columns, depth}, weights)),
                                expansion.constant(f32_tensor({columns}, bias))},
                       {{"transB", std::int64_t{1}}});
}

Attrs sample_support_vectors(Rng& rng, std::int64_t count, std::int64_t features) {
  constexpr std::array<float, 4> degrees{1.0F, 2.0F, 3.0F, 4.0F};
  return {{"kernel_type", std::string(kernel_words[static_cast<std::size_t>(rng.integer(0, 3))])},
          {"kernel_params", std::vector<float>{rng.real(0.02F, 0.2F), rng.real(-0.5F, 0.5F),
                                               degrees[static_cast<std::size_t>(rng.integer(0, 3))]}},
          {"support_vectors", sample_reals(rng, count * features, -2.0F, 2.0F)}};
}

}  // namespace mote::ops
