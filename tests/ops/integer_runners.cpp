#include "lookup.hpp"
#include "quantized_broadcast.hpp"
#include "quantized_matmul.hpp"
#include "quantized_reduce.hpp"
#include "requantize.hpp"
#include "softmax_s8.hpp"
#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

template <class F>
void with_activation(const Call& c, std::size_t operand, F f) {
  if (c.value(operand).type.dtype == DType::s16)
    f.template operator()<std::int16_t>();
  else
    f.template operator()<std::int8_t>();
}

// f<A, B, Y>() with the types of operands 0 and 1 and of the result.
template <class F>
void with_operands_and_result(const Call& c, F f) {
  const std::size_t result = c.call.operands.size() - 1;
  with_activation(c, 0, [&]<class A>() {
    with_activation(c, 1,
                    [&]<class B>() { with_activation(c, result, [&]<class Y>() { f.template operator()<A, B, Y>(); }); });
  });
}

template <class F>
void with_integer(const Call& c, std::size_t operand, F f) {
  visit_dtype(c.value(operand).type.dtype, [&]<class T>() {
    if constexpr (std::is_integral_v<T> && sizeof(T) <= 4) f.template operator()<T>();
  });
}

void run_lookup(const Call& c) {
  with_integer(c, 2, [&]<class Y>() {
    if (c.value(0).type.dtype == DType::s8)
      lookup(Geometry{}, c.input<std::int8_t>(0), c.input<Y>(1), c.output<Y>(2));
    else
      lookup(Geometry{}, c.input<std::uint8_t>(0), c.input<Y>(1), c.output<Y>(2));
  });
}

void run_requantize(const Call& c) {
  with_integer(c, 0, [&]<class X>() {
    with_integer(c, 1, [&]<class Y>() { requantize(Geometry{}, c.input<X>(0), c.output<Y>(1)); });
  });
}

void run_add(const Call& c) {
  with_operands_and_result(c, [&]<class A, class B, class Y>() {
    with_rank(c.call, [&](auto geometry) {
      quantized_add<Y>(geometry, c.input<A>(0), c.input<B>(1), c.input<Y>(2), c.output<Y>(3));
    });
  });
}

void run_mul(const Call& c) {
  with_operands_and_result(c, [&]<class A, class B, class Y>() {
    with_rank(c.call, [&](auto geometry) {
      quantized_mul<Y>(geometry, c.input<A>(0), c.input<B>(1), c.input<Y>(2), c.output<Y>(3));
    });
  });
}

void run_matmul(const Call& c) {
  with_operands_and_result(c, [&]<class A, class B, class Y>() {
    quantized_matmul(Geometry{}, c.input<A>(0), c.input<B>(1), c.output<Y>(2));
  });
}

void run_reduce_sum(const Call& c) {
  with_activation(c, 0, [&]<class X>() {
    with_activation(c, 1, [&]<class Y>() { quantized_reduce_sum(Geometry{}, c.input<X>(0), c.output<Y>(1)); });
  });
}

void run_softmax(const Call& c) {
  with_activation(c, 2, [&]<class Y>() {
    softmax_s8(Geometry{}, c.input<std::int8_t>(0), c.input<std::uint32_t>(1), c.output<Y>(2));
  });
}

}  // namespace

const std::map<std::string, Runner>& integer_runners() {
  static const std::map<std::string, Runner> all = {{"lookup", run_lookup},
                                                    {"quantized_add", run_add},
                                                    {"quantized_matmul", run_matmul},
                                                    {"quantized_mul", run_mul},
                                                    {"quantized_reduce_sum", run_reduce_sum},
                                                    {"requantize", run_requantize},
                                                    {"softmax_s8", run_softmax}};
  return all;
}

}  // namespace mote::test
