#pragma once
#include "lib/ops/expansion.hpp"

// What SVMClassifier and SVMRegressor share: the kernel function between a row of features and the support vectors.
namespace mote::ops {

enum class SvmKernel : std::uint8_t { linear, polynomial, radial, sigmoid };

struct SupportVectors {
  SvmKernel kernel = SvmKernel::linear;
  float gamma = 0.0F, coef0 = 0.0F, degree = 0.0F;
  std::int64_t count = 0, features = 1;  // count 0: a linear function of the features, without support vectors
  std::vector<double> vectors{};         // [count, features]
};

// `count` vectors for the features of input 0; with none the kernel is linear, whatever kernel_type says.
[[nodiscard]] Result<SupportVectors> support_vectors_of(const OpView& op, std::int64_t count);
// rho, of which the first `count` are used.
[[nodiscard]] Result<std::vector<double>> thresholds_of(const OpView& op, std::int64_t count);

// K(x, v) f32 [N, count]:
//   linear x.v    polynomial (gamma x.v + coef0)^degree    radial exp(-gamma |x - v|^2)    sigmoid tanh(gamma x.v + coef0)
[[nodiscard]] Expansion::Ref add_kernel_rows(Expansion& expansion, Expansion::Ref x, const SupportVectors& machine);

// x [N,K] * weights^T + bias; weights [columns, K].
[[nodiscard]] Expansion::Ref add_linear(Expansion& expansion, Expansion::Ref x, std::int64_t columns,
                                        const std::vector<double>& weights, const std::vector<double>& bias);

// Attributes of a sample with `count` support vectors.
[[nodiscard]] Attrs sample_support_vectors(Rng& rng, std::int64_t count, std::int64_t features);

}  // namespace mote::ops
