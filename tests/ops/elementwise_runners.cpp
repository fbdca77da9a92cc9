#include "cast.hpp"
#include "dropout.hpp"
#include "fill.hpp"
#include "gather.hpp"
#include "powers.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"
#include "unary.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

// ---- unary: the function is named by the call's template argument

template <class F, class T>
void apply(const Call& c) {
  if constexpr (requires(T x) { F::of(x, x, x); })
    unary_alpha_beta<F>(Geometry{}, c.input<T>(0), c.output<decltype(F::of(T{}, T{}, T{}))>(1));
  else if constexpr (requires(T x) { F::of(x, x); })
    unary_alpha<F>(Geometry{}, c.input<T>(0), c.output<decltype(F::of(T{}, T{}))>(1));
  else
    unary<F>(Geometry{}, c.input<T>(0), c.output<decltype(F::of(T{}))>(1));
}

template <class F>
void of_numbers(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() { apply<F, T>(c); });
}

#define MOTE_F32(F) \
  { #F, apply < F, float> }
#define MOTE_NUMBER(F) \
  { #F, of_numbers < F> }

void run_unary(const Call& c) {
  static const std::map<std::string, Runner> functions = {MOTE_NUMBER(Abs),
                                                          MOTE_F32(Celu),
                                                          MOTE_F32(Ceil),
                                                          MOTE_F32(Elu),
                                                          MOTE_F32(Erf),
                                                          MOTE_F32(Exp),
                                                          MOTE_F32(Floor),
                                                          MOTE_F32(Gelu),
                                                          MOTE_F32(GeluTanh),
                                                          MOTE_F32(HardSigmoid),
                                                          MOTE_F32(HardSwish),
                                                          MOTE_F32(IsInf),
                                                          MOTE_F32(IsNaN),
                                                          MOTE_F32(LeakyRelu),
                                                          MOTE_F32(Log),
                                                          MOTE_F32(Mish),
                                                          MOTE_NUMBER(Neg),
                                                          MOTE_F32(Reciprocal),
                                                          MOTE_F32(Round),
                                                          MOTE_F32(Selu),
                                                          MOTE_F32(Sigmoid),
                                                          MOTE_NUMBER(Sign),
                                                          MOTE_F32(Softplus),
                                                          MOTE_F32(Softsign),
                                                          MOTE_F32(Sqrt),
                                                          MOTE_NUMBER(Square),
                                                          MOTE_F32(Tanh),
                                                          MOTE_F32(ThresholdedRelu),
                                                          {"LogicalNot", apply<LogicalNot, std::uint8_t>}};
  functions.at(c.call.types.at(0))(c);
}

// ---- the others

void run_cast(const Call& c) {
  const std::size_t result = c.call.operands.size() - 1;
  visit_dtype(c.value(0).type.dtype, [&]<class From>() {
    visit_dtype(c.value(result).type.dtype,
                [&]<class To>() { cast<To>(Geometry{}, c.input<From>(0), c.output<To>(result)); });
  });
}

void run_cast_to_truth(const Call& c) {
  visit_dtype(c.value(0).type.dtype,
              [&]<class T>() { cast_to_truth(Geometry{}, c.input<T>(0), c.output<std::uint8_t>(1)); });
}

void run_gather(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    if (c.value(1).type.dtype == DType::s32)
      gather(Geometry{}, c.input<T>(0), c.input<std::int32_t>(1), c.output<T>(2));
    else
      gather(Geometry{}, c.input<T>(0), c.input<std::int64_t>(1), c.output<T>(2));
  });
}

void run_fill(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() { fill<T>(Geometry{}, c.output<T>(0)); });
}

void run_dropout(const Call& c) {
  dropout(Geometry{}, c.input<float>(0), c.output<float>(1), c.output<std::uint8_t>(2));
}

}  // namespace

const std::map<std::string, Runner>& elementwise_runners() {
  static const std::map<std::string, Runner> all = {{"cast", run_cast},         {"cast_to_truth", run_cast_to_truth},
                                                    {"dropout", run_dropout},   {"fill", run_fill},
                                                    {"gather", run_gather},     {"unary", run_unary},
                                                    {"unary_alpha", run_unary}, {"unary_alpha_beta", run_unary}};
  return all;
}

}  // namespace mote::test
