// Reductions over some axes of a tensor: sum, mean, maximum, minimum, product, norms, logarithms of sums.
//
//   x: dense row-major; neighbouring axes that are both kept or both reduced count as one, so that at most three loops
//   of either kind remain. y: dense over the kept loops.
// Geometry (int32_t): kept_extent0..2, kept_stride0..2, reduced_extent0..2, reduced_stride0..2 (strides in elements of
//   x, outermost first, unused loops have extent 1), count (the product of the reduced extents).
//
// Value: y starts at the neutral element and takes the reduced elements of x in row-major order, one operation each.
// Integers wrap: sums, products and means are kept in 32 bits for elements of up to 32 bits, else in 64; a mean divides
// towards zero. A NaN wins a maximum or minimum. The mean of no elements is 0, their maximum and minimum are -infinity
// and +infinity (there must be elements if T is an integer).
// Order of writes: outputs upwards, each after its own elements were read.
#ifndef MOTE_KERNELS_REDUCE_HPP
#define MOTE_KERNELS_REDUCE_HPP
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// What T is summed and multiplied in (`Total`, without undefined overflow), and divided in (`Quotient`).
template <class T>
struct ReduceTypes {
  typedef uint32_t Total;
  typedef int32_t Quotient;
};
template <>
struct ReduceTypes<float> {
  typedef float Total;
  typedef float Quotient;
};
template <>
struct ReduceTypes<double> {
  typedef double Total;
  typedef double Quotient;
};
template <>
struct ReduceTypes<uint32_t> {
  typedef uint32_t Total;
  typedef uint32_t Quotient;
};
template <>
struct ReduceTypes<int64_t> {
  typedef uint64_t Total;
  typedef int64_t Quotient;
};
template <>
struct ReduceTypes<uint64_t> {
  typedef uint64_t Total;
  typedef uint64_t Quotient;
};

// An integer T always meets at least one element, which replaces this bound.
template <class T>
struct ReduceBound {
  static T upper() { return 0; }
};
template <>
struct ReduceBound<float> {
  static float upper() { return infinity_f32(); }
};
template <>
struct ReduceBound<double> {
  static double upper() { return static_cast<double>(infinity_f32()); }
};

template <class T>
MOTE_ALWAYS_INLINE bool reduce_is_nan(T value) {
  return !(value <= value);
}

template <class T>
struct ReduceSum {
  typename ReduceTypes<T>::Total total = 0;
  MOTE_ALWAYS_INLINE void add(T x) { total += static_cast<typename ReduceTypes<T>::Total>(x); }
  MOTE_ALWAYS_INLINE T result(int32_t) const { return static_cast<T>(total); }
};

template <class T>
struct ReduceMean : ReduceSum<T> {
  MOTE_ALWAYS_INLINE T result(int32_t count) const {
    typedef typename ReduceTypes<T>::Quotient Quotient;
    if (count == 0) { return 0; }
    const Quotient dividend = static_cast<Quotient>(this->total);
    const Quotient divisor = static_cast<Quotient>(count);
    return static_cast<T>(dividend / divisor);
  }
};

template <class T>
struct ReduceSumSquare : ReduceSum<T> {
  MOTE_ALWAYS_INLINE void add(T x) {
    typedef typename ReduceTypes<T>::Total Total;
    this->total += static_cast<Total>(x) * static_cast<Total>(x);
  }
};

template <class T>
struct ReduceL1 : ReduceSum<T> {
  MOTE_ALWAYS_INLINE void add(T x) {
    typedef typename ReduceTypes<T>::Total Total;
    const Total value = static_cast<Total>(x);
    if (x < static_cast<T>(0)) {
      this->total -= value;
    } else {
      this->total += value;
    }
  }
};

// Math: the elementary functions of T, here and in reduce_f64.hpp.
struct ReduceMathF32 {
  static float exp_of(float x) { return exp_f32(x); }
  static float log_of(float x) { return log_f32(x); }
  static float sqrt_of(float x) { return sqrt_f32(x); }
};

template <class T, class Math>
struct ReduceL2 : ReduceSumSquare<T> {
  MOTE_ALWAYS_INLINE T result(int32_t) const { return Math::sqrt_of(this->total); }
};

template <class T, class Math>
struct ReduceLogSum : ReduceSum<T> {
  MOTE_ALWAYS_INLINE T result(int32_t) const { return Math::log_of(this->total); }
};

template <class T>
struct ReduceProd {
  typename ReduceTypes<T>::Total total = 1;
  MOTE_ALWAYS_INLINE void add(T x) { total *= static_cast<typename ReduceTypes<T>::Total>(x); }
  MOTE_ALWAYS_INLINE T result(int32_t) const { return static_cast<T>(total); }
};

template <class T>
struct ReduceMax {
  T best = static_cast<T>(-ReduceBound<T>::upper());
  bool any = false;
  MOTE_ALWAYS_INLINE void add(T x) {
    if (!any || x > best || (reduce_is_nan(x) && !reduce_is_nan(best))) { best = x; }
    any = true;
  }
  MOTE_ALWAYS_INLINE T result(int32_t) const { return best; }
};

template <class T>
struct ReduceMin {
  T best = ReduceBound<T>::upper();
  bool any = false;
  MOTE_ALWAYS_INLINE void add(T x) {
    if (!any || x < best || (reduce_is_nan(x) && !reduce_is_nan(best))) { best = x; }
    any = true;
  }
  MOTE_ALWAYS_INLINE T result(int32_t) const { return best; }
};

// exp(x - shift); the shift is the maximum, so that nothing overflows, or 0 where that is not finite.
template <class T, class Math>
struct ReduceShiftedExp {
  T shift;
  T total;
  MOTE_ALWAYS_INLINE void add(T x) { total += Math::exp_of(x - shift); }
};

// Adds the elements that belong to one output, x pointing to the first of them.
template <class G, class Reduction, class T>
MOTE_ALWAYS_INLINE void reduce_into(Reduction& reduction, const T* x) {
  for (int32_t i = 0; i < G::reduced_extent0; ++i) {
    for (int32_t j = 0; j < G::reduced_extent1; ++j) {
      const T* row = x + i * G::reduced_stride0 + j * G::reduced_stride1;
      for (int32_t k = 0; k < G::reduced_extent2; ++k) { reduction.add(row[k * G::reduced_stride2]); }
    }
  }
}

// value(first element of x) for every output upwards.
template <class G, class T, class Y, class Value>
MOTE_ALWAYS_INLINE void reduce_each(const T* x, Y* y, Value value) {
  int32_t written = 0;
  for (int32_t i = 0; i < G::kept_extent0; ++i) {
    for (int32_t j = 0; j < G::kept_extent1; ++j) {
      for (int32_t k = 0; k < G::kept_extent2; ++k) {
        y[written] = value(x + i * G::kept_stride0 + j * G::kept_stride1 + k * G::kept_stride2);
        ++written;
      }
    }
  }
}

template <class Reduction, class G, class T>
MOTE_ALWAYS_INLINE void reduce(const T* x, T* y) {
  reduce_each<G>(x, y, [](const T* first) {
    Reduction reduction;
    reduce_into<G>(reduction, first);
    return reduction.result(G::count);
  });
}

template <class G, class T>
inline void reduce_sum(G, const T* x, T* y) { reduce<ReduceSum<T>, G>(x, y); }
template <class G, class T>
inline void reduce_mean(G, const T* x, T* y) { reduce<ReduceMean<T>, G>(x, y); }
template <class G, class T>
inline void reduce_max(G, const T* x, T* y) { reduce<ReduceMax<T>, G>(x, y); }
template <class G, class T>
inline void reduce_min(G, const T* x, T* y) { reduce<ReduceMin<T>, G>(x, y); }
template <class G, class T>
inline void reduce_prod(G, const T* x, T* y) { reduce<ReduceProd<T>, G>(x, y); }
template <class G, class T>
inline void reduce_l1(G, const T* x, T* y) { reduce<ReduceL1<T>, G>(x, y); }
template <class G, class T>
inline void reduce_sum_square(G, const T* x, T* y) { reduce<ReduceSumSquare<T>, G>(x, y); }
template <class Math, class G, class T>
MOTE_ALWAYS_INLINE void reduce_log_sum_exp(const T* x, T* y) {
  reduce_each<G>(x, y, [](const T* first) {
    ReduceMax<T> maximum;
    reduce_into<G>(maximum, first);
    const bool finite = maximum.best - maximum.best == static_cast<T>(0);
    ReduceShiftedExp<T, Math> sum{finite ? maximum.best : static_cast<T>(0), static_cast<T>(0)};
    reduce_into<G>(sum, first);
    return Math::log_of(sum.total) + sum.shift;
  });
}

template <class G>
inline void reduce_l2_f32(G, const float* x, float* y) { reduce<ReduceL2<float, ReduceMathF32>, G>(x, y); }
template <class G>
inline void reduce_log_sum_f32(G, const float* x, float* y) { reduce<ReduceLogSum<float, ReduceMathF32>, G>(x, y); }
template <class G>
inline void reduce_log_sum_exp_f32(G, const float* x, float* y) { reduce_log_sum_exp<ReduceMathF32, G>(x, y); }

}  // namespace MOTE_NAMESPACE

#endif
