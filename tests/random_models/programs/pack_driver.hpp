// What a pack of networks gives to the program that runs them.
#ifndef PACK_DRIVER_HPP
#define PACK_DRIVER_HPP

#include <stdint.h>

namespace pack {

// A buffer of a network: exactly its tensor, so that sanitizers see an element too far.
struct Port {
  unsigned char* data;
  uint32_t bytes, element_bytes;
  bool is_float;
};

struct Network {
  uint32_t number;
  int (*run)();  // 0: computed
  const Port* inputs;
  uint32_t input_count;
  const Port* outputs;
  uint32_t output_count;
  unsigned char* memory;  // the context
  uint32_t memory_bytes;
};

extern const Network networks[];
extern const uint32_t network_count, vectors_per_network;

}  // namespace pack

// Per network and vector: the bytes of the inputs, then those of the outputs that are expected.
extern "C" const unsigned char pack_vectors[];

#endif
