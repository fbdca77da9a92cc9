// Weights of four bits, two's complement, two in a byte: the first lane of a pair in the low half. Whoever walks over
// them counts in bytes, so weight_step and weight_block are those of the bytes, and every run of lanes begins with a
// whole one.
#ifndef MOTE_KERNELS_HALF_BYTES_HPP
#define MOTE_KERNELS_HALF_BYTES_HPP

#include "fixed_point.hpp"

namespace MOTE_NAMESPACE {

struct HalfBytes {
  constant_pointer<uint8_t> bytes;
  MOTE_ALWAYS_INLINE HalfBytes operator+(int32_t count) const { return HalfBytes{bytes + count}; }
};
// In the middle of a run of lanes, behind the low half of bytes[0].
struct HighHalf {
  constant_pointer<uint8_t> bytes;
};

// The shift up puts the sign where the shift down spreads it: together one instruction that extracts a field, or two.
#if defined(__AVR__)
MOTE_ALWAYS_INLINE int32_t extended(uint8_t high_half) {  // eight bits are what this machine shifts well
  return static_cast<int8_t>(static_cast<int8_t>(high_half) >> 4);
}
MOTE_ALWAYS_INLINE int32_t lane_at(HalfBytes from) { return extended(static_cast<uint8_t>(from.bytes[0] << 4)); }
MOTE_ALWAYS_INLINE int32_t lane_at(HighHalf from) { return extended(from.bytes[0]); }
#else
MOTE_ALWAYS_INLINE int32_t lane_at(HalfBytes from) {
  return shift_right(static_cast<int32_t>(static_cast<uint32_t>(from.bytes[0]) << 28), 28);
}
MOTE_ALWAYS_INLINE int32_t lane_at(HighHalf from) {
  return shift_right(static_cast<int32_t>(static_cast<uint32_t>(from.bytes[0]) << 24), 28);
}
#endif
MOTE_ALWAYS_INLINE HighHalf behind_lane(HalfBytes from) { return HighHalf{from.bytes}; }
MOTE_ALWAYS_INLINE HalfBytes behind_lane(HighHalf from) { return HalfBytes{from.bytes + 1}; }

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_HALF_BYTES_HPP
