// The activations of recurrent layers: ONNX's names in any case, with the parameters that `activation_alpha` and
// `activation_beta` hand out in the order of the functions that have one.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "lib/ops/support/recurrent.hpp"
#include "lib/ops/support/reference_functions.hpp"
#include "recurrent_functions.hpp"

namespace mote::ops {
namespace {

namespace single = mote_kernels;

// Parameters that a function does not have are empty; the others have the defaults of the ONNX operator of that name.
struct KnownActivation {
  std::string_view name;
  std::int32_t kind;
  std::optional<float> alpha{}, beta{};
};
constexpr KnownActivation known[] = {{"sigmoid", single::recurrent_sigmoid},
                                     {"tanh", single::recurrent_tanh},
                                     {"relu", single::recurrent_relu},
                                     {"affine", single::recurrent_affine, 1.0F, 0.0F},
                                     {"leakyrelu", single::recurrent_leaky_relu, 0.01F},
                                     {"thresholdedrelu", single::recurrent_thresholded_relu, 1.0F},
                                     {"scaledtanh", single::recurrent_scaled_tanh, 1.0F, 1.0F},
                                     {"hardsigmoid", single::recurrent_hard_sigmoid, 0.2F, 0.5F},
                                     {"elu", single::recurrent_elu, 1.0F},
                                     {"softsign", single::recurrent_softsign},
                                     {"softplus", single::recurrent_softplus}};

std::vector<std::string> names_of(const OpView& op, const RecurrentKind& kind, std::size_t directions) {
  std::vector<std::string> names;
  if (op.has("activations")) {
    std::string rest = op.text("activations") + ",";
    for (std::size_t end = rest.find(','); end != std::string::npos; end = rest.find(',')) {
      names.push_back(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
    return names;
  }
  for (std::size_t i = 0; i < directions; ++i) names.insert(names.end(), kind.defaults.begin(), kind.defaults.end());
  return names;
}

// Hands out the values of an attribute one after the other, then defaults.
class Parameters {
 public:
  Parameters(const OpView& op, std::string_view attr) {
    if (op.has(attr)) values_ = std::get<std::vector<float>>(op.node.attrs.find(attr)->second);
  }
  float next(const std::optional<float>& fallback) {
    if (!fallback) return 0.0F;
    return next_ < values_.size() ? values_[next_++] : *fallback;
  }

 private:
  std::vector<float> values_{};
  std::size_t next_ = 0;
};

// From the definitions, with the host's library: the independent check of the single-precision formulas.
double value_of(const RecurrentActivation& activation, double x) {
  const auto alpha = static_cast<double>(activation.alpha), beta = static_cast<double>(activation.beta);
  switch (activation.kind) {
    case single::recurrent_sigmoid: return reference::Sigmoid::of(x);
    case single::recurrent_tanh: return reference::Tanh::of(x);
    case single::recurrent_relu: return x < 0.0 ? 0.0 : x;
    case single::recurrent_affine: return alpha * x + beta;
    case single::recurrent_leaky_relu: return x < 0.0 ? alpha * x : x;
    case single::recurrent_thresholded_relu: return x > alpha ? x : 0.0;
    case single::recurrent_scaled_tanh: return alpha * reference::Tanh::of(beta * x);
    case single::recurrent_hard_sigmoid: return std::clamp(alpha * x + beta, 0.0, 1.0);
    case single::recurrent_elu: return reference::Elu::of(x, alpha);
    case single::recurrent_softsign: return x / (1.0 + std::abs(x));
    default: return reference::Softplus::of(x);
  }
}

}  // namespace

Result<std::vector<RecurrentActivation>> recurrent_activations(const OpView& op, const RecurrentKind& kind) {
  const std::size_t directions = op.text("direction") == "bidirectional" ? 2 : 1;
  const std::vector<std::string> names = names_of(op, kind, directions);
  if (names.size() != directions * kind.functions.size())
    return at(op, Code::attribute_range,
              "activations has " + std::to_string(names.size()) + " names, expected " +
                  std::to_string(kind.functions.size()) + " for each of " + std::to_string(directions) + " directions");
  Parameters alphas(op, "activation_alpha"), betas(op, "activation_beta");
  std::vector<RecurrentActivation> activations;
  for (const std::string& name : names) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find(known, lower, &KnownActivation::name);
    if (found == std::end(known))
      return at(op, Code::attribute_range, "activation '" + name + "' is not one that ONNX knows in recurrent layers");
    activations.push_back({.kind = found->kind, .alpha = alphas.next(found->alpha), .beta = betas.next(found->beta)});
  }
  return activations;
}

float activate(const RecurrentActivation& activation, float x) {
  return single::activate_f32({activation.kind, activation.alpha, activation.beta}, x);
}
double activate(const RecurrentActivation& activation, double x) { return value_of(activation, x); }

}  // namespace mote::ops
