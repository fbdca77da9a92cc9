// The reductions of reduce.hpp that need elementary functions, in double precision.
#ifndef MOTE_KERNELS_REDUCE_F64_HPP
#define MOTE_KERNELS_REDUCE_F64_HPP
#include "math_f64.hpp"
#include "reduce.hpp"

namespace MOTE_NAMESPACE {

struct ReduceMathF64 {
  static double exp_of(double x) { return exp_f64(x); }
  static double log_of(double x) { return log_f64(x); }
  static double sqrt_of(double x) { return sqrt_f64(x); }
};

template <class G>
inline void reduce_l2_f64(G, const double* x, double* y) { reduce<ReduceL2<double, ReduceMathF64>, G>(x, y); }
template <class G>
inline void reduce_log_sum_f64(G, const double* x, double* y) { reduce<ReduceLogSum<double, ReduceMathF64>, G>(x, y); }
template <class G>
inline void reduce_log_sum_exp_f64(G, const double* x, double* y) { reduce_log_sum_exp<ReduceMathF64, G>(x, y); }

}  // namespace MOTE_NAMESPACE

#endif
