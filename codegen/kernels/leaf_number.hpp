// The type in which functions of branches hand on the number of a leaf of so many bytes: what the core computes in.
#ifndef MOTE_KERNELS_LEAF_NUMBER_HPP
#define MOTE_KERNELS_LEAF_NUMBER_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <int32_t Bytes>
struct LeafNumber {
  typedef uint32_t Type;
};
#if defined(__AVR__)
template <>
struct LeafNumber<1> {
  typedef uint8_t Type;
};
template <>
struct LeafNumber<2> {
  typedef uint16_t Type;
};
#endif

// In which lists keep it.
template <int32_t Bytes>
struct StoredLeaf {
  typedef uint32_t Type;
};
template <>
struct StoredLeaf<1> {
  typedef uint8_t Type;
};
template <>
struct StoredLeaf<2> {
  typedef uint16_t Type;
};

}  // namespace MOTE_NAMESPACE

#endif
