// Loops over up to six axes, outermost first, with one running index per operand: what broadcasting, transposing and
// slicing have in common.
//
// Geometry: rank (1..6); extent0..extent<rank-1>; for each operand a_stride0.., b_stride0.., c_stride0..: elements to
// skip per step of the loop, 0 where the operand repeats, negative where it runs backwards.
// Fields beyond the rank, and of operands that a kernel does not have, need not exist.
#ifndef MOTE_KERNELS_WALK_HPP
#define MOTE_KERNELS_WALK_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// Member functions of a class template exist only when called: this is what lets absent fields be absent.
template <class G, int32_t Axis>
struct WalkAxis;

template <class G>
struct WalkAxis<G, 0> {
  static int32_t extent() { return G::extent0; }
  static int32_t a_stride() { return G::a_stride0; }
  static int32_t b_stride() { return G::b_stride0; }
  static int32_t c_stride() { return G::c_stride0; }
};
template <class G>
struct WalkAxis<G, 1> {
  static int32_t extent() { return G::extent1; }
  static int32_t a_stride() { return G::a_stride1; }
  static int32_t b_stride() { return G::b_stride1; }
  static int32_t c_stride() { return G::c_stride1; }
};
template <class G>
struct WalkAxis<G, 2> {
  static int32_t extent() { return G::extent2; }
  static int32_t a_stride() { return G::a_stride2; }
  static int32_t b_stride() { return G::b_stride2; }
  static int32_t c_stride() { return G::c_stride2; }
};
template <class G>
struct WalkAxis<G, 3> {
  static int32_t extent() { return G::extent3; }
  static int32_t a_stride() { return G::a_stride3; }
  static int32_t b_stride() { return G::b_stride3; }
  static int32_t c_stride() { return G::c_stride3; }
};
template <class G>
struct WalkAxis<G, 4> {
  static int32_t extent() { return G::extent4; }
  static int32_t a_stride() { return G::a_stride4; }
  static int32_t b_stride() { return G::b_stride4; }
  static int32_t c_stride() { return G::c_stride4; }
};
template <class G>
struct WalkAxis<G, 5> {
  static int32_t extent() { return G::extent5; }
  static int32_t a_stride() { return G::a_stride5; }
  static int32_t b_stride() { return G::b_stride5; }
  static int32_t c_stride() { return G::c_stride5; }
};

// The running indices of one, two or three operands.
struct IndexA {
  int32_t a;
  template <class Axis>
  MOTE_ALWAYS_INLINE void step() {
    a += Axis::a_stride();
  }
};
struct IndexAB {
  int32_t a, b;
  template <class Axis>
  MOTE_ALWAYS_INLINE void step() {
    a += Axis::a_stride();
    b += Axis::b_stride();
  }
};
struct IndexABC {
  int32_t a, b, c;
  template <class Axis>
  MOTE_ALWAYS_INLINE void step() {
    a += Axis::a_stride();
    b += Axis::b_stride();
    c += Axis::c_stride();
  }
};

template <class G, int32_t Axis, int32_t Rank>
struct WalkNest {
  template <class Index, class Visit>
  static MOTE_ALWAYS_INLINE void run(Index index, Visit& visit) {
    for (int32_t i = 0; i < WalkAxis<G, Axis>::extent(); ++i) {
      WalkNest<G, Axis + 1, Rank>::run(index, visit);
      index.template step<WalkAxis<G, Axis>>();
    }
  }
};
template <class G, int32_t Rank>
struct WalkNest<G, Rank, Rank> {
  template <class Index, class Visit>
  static MOTE_ALWAYS_INLINE void run(Index index, Visit& visit) {
    visit(index);
  }
};

// visit(index) for every position in row-major order, starting at `start`.
template <class G, class Index, class Visit>
MOTE_ALWAYS_INLINE void walk(Index start, Visit visit) {
  WalkNest<G, 0, G::rank>::run(start, visit);
}

}  // namespace MOTE_NAMESPACE

#endif
