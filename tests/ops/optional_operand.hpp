#pragma once
#include <cstdint>
#include <vector>

#include "tests/ops/kernel_runner.hpp"

namespace mote::test {

// An operand that may be left out, told at run time: what kernels are told by the type of nullptr.
template <class T>
struct OptionalOperand {
  const T* elements;
  T absent;
  T operator[](std::int32_t i) const { return elements == nullptr ? absent : elements[i]; }
  OptionalOperand operator+(std::int32_t count) const {
    return {elements == nullptr ? nullptr : elements + count, absent};
  }
};

// Scratch as a plan gives it: aligned for 8 bytes.
inline std::vector<std::uint64_t> scratch_of(const Call& c) {
  return std::vector<std::uint64_t>(static_cast<std::size_t>(c.call.scratch_bytes) / 8 + 1);
}
inline std::uint8_t* bytes_of(std::vector<std::uint64_t>& scratch) {
  return static_cast<std::uint8_t*>(static_cast<void*>(scratch.data()));
}

}  // namespace mote::test
