#include <catch2/catch.hpp>

#include "binary_functions.hpp"
#include "comparisons.hpp"
#include "powers.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;

// Element types that a function's operator accepts in emitted code; the function is instantiated for no other.
template <class T>
constexpr bool any_type = true;
template <class T>
constexpr bool any_float = std::is_floating_point_v<T>;
template <class T>
constexpr bool any_integer = std::is_integral_v<T>;
template <class T>
constexpr bool truth_value = std::is_same_v<T, std::uint8_t>;

// The function as a variable: the loops are instantiated per element type and rank only, not per function too.
template <class Y, class A, class B>
struct ChosenFunction {
  static inline Y (*chosen)(A, B) = nullptr;
  static Y of(A a, B b) { return chosen(a, b); }
};

template <class Y, class A, class B>
void run_binary_loops(const Call& c) {
  with_rank(c.call, [&](auto geometry) {
    binary<ChosenFunction<Y, A, B>>(geometry, c.input<A>(0), c.input<B>(1), c.output<Y>(2));
  });
}

template <class F, class Y, class A, class B>
void binary_of(const Call& c) {
  using Chosen = ChosenFunction<Y, A, B>;
  Chosen::chosen = [](A a, B b) -> Y { return F::of(a, b); };
  run_binary_loops<Y, A, B>(c);
}

#define MOTE_RUN_IF(accepted, call)                     \
  [](const Call& c) {                                   \
    visit_dtype(c.value(0).type.dtype, [&]<class T>() { \
      if constexpr (accepted<T>) call(c);               \
    });                                                 \
  }
#define MOTE_ARITHMETIC(F, accepted) \
  { #F, MOTE_RUN_IF(accepted, (binary_of <F, T, T, T>)) }
#define MOTE_COMPARISON(F, accepted) \
  { #F, MOTE_RUN_IF(accepted, (binary_of <F, std::uint8_t, T, T>)) }

void run_pow(const Call& c) {
  if (c.value(1).type.dtype == DType::s64) return binary_of<Pow, float, float, std::int64_t>(c);
  REQUIRE(c.value(1).type.dtype == DType::f32);
  binary_of<Pow, float, float, float>(c);
}

void run_real_pow_of_integer(const Call& c) {
  visit_dtype(c.value(0).type.dtype, [&]<class T>() {
    if constexpr (any_integer<T>) binary_of<RealPowOfInteger, T, T, float>(c);
  });
}

// clang-format off
const std::map<std::string, Runner>& functions() {
  static const std::map<std::string, Runner> all = {
      MOTE_ARITHMETIC(Add, any_type),
      MOTE_ARITHMETIC(Sub, any_type),
      MOTE_ARITHMETIC(Mul, any_type),
      MOTE_ARITHMETIC(Div, any_type),
      MOTE_ARITHMETIC(PRelu, any_type),
      MOTE_ARITHMETIC(Max, any_type),
      MOTE_ARITHMETIC(Min, any_type),
      MOTE_ARITHMETIC(MeanOfTwo, any_float),
      MOTE_ARITHMETIC(Mod, any_integer),
      MOTE_ARITHMETIC(Remainder, any_integer),
      MOTE_ARITHMETIC(FloatRemainder, any_float),
      MOTE_COMPARISON(Equal, any_type),
      MOTE_COMPARISON(Less, any_type),
      MOTE_COMPARISON(LessOrEqual, any_type),
      MOTE_COMPARISON(Greater, any_type),
      MOTE_COMPARISON(GreaterOrEqual, any_type),
      MOTE_COMPARISON(And, truth_value),
      MOTE_COMPARISON(Or, truth_value),
      MOTE_COMPARISON(Xor, truth_value),
      MOTE_ARITHMETIC(IntegerPow, any_integer),
      {"Pow", run_pow},
      {"RealPowOfInteger", run_real_pow_of_integer}};
  return all;
}
// clang-format on

void run_binary(const Call& c) { functions().at(c.call.types.at(0))(c); }

void run_ternary(const Call& c) {
  visit_dtype(c.value(1).type.dtype, [&]<class T>() {
    with_rank(c.call, [&](auto geometry) {
      ternary<Where>(geometry, c.input<std::uint8_t>(0), c.input<T>(1), c.input<T>(2), c.output<T>(3));
    });
  });
}

}  // namespace

const std::map<std::string, Runner>& broadcast_runners() {
  static const std::map<std::string, Runner> all = {{"binary", run_binary}, {"ternary", run_ternary}};
  return all;
}

}  // namespace mote::test
