// Runs every network of a pack on its vectors and compares every byte of every output. Exit code 0: all equal.
#include "pack_driver.hpp"

#include <string.h>

extern "C" void mote_selftest_write(const char* text);

namespace {

void write_number(uint32_t number) {
  char digits[11];
  char* place = digits + 10;
  *place = '\0';
  do {
    --place;
    *place = static_cast<char>('0' + number % 10U);
    number /= 10U;
  } while (number != 0U);
  mote_selftest_write(place);
}

void write_field(const char* name, uint32_t number) {
  mote_selftest_write(name);
  write_number(number);
}

template <class T>
bool is_nan(const unsigned char* bytes) {
  T value = 0;
  memcpy(&value, bytes, sizeof value);
  return value != value;
}

bool is_nan(const pack::Port& port, const unsigned char* bytes) {
  return port.is_float && (port.element_bytes == sizeof(float) ? is_nan<float>(bytes) : is_nan<double>(bytes));
}

// Most significant byte first: all boards store the least significant one first.
void write_bits(const char* name, const unsigned char* bytes, uint32_t count) {
  mote_selftest_write(name);
  for (uint32_t i = count; i-- > 0U;) {
    const char text[3] = {"0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15U], '\0'};
    mote_selftest_write(text);
  }
}

// Equal bits, or both NaN: the payload of a NaN is no result of a network.
bool same(const pack::Port& port, const unsigned char* found, const unsigned char* expected) {
  return memcmp(found, expected, port.element_bytes) == 0 || (is_nan(port, found) && is_nan(port, expected));
}

uint32_t compare(const pack::Port& port, const unsigned char* expected) {
  uint32_t differing = 0;
  for (uint32_t at = 0; at < port.bytes; at += port.element_bytes) {
    if (same(port, port.data + at, expected + at)) continue;
    if (++differing > 1U) continue;
    write_field("element ", at / port.element_bytes);
    write_bits(" is ", port.data + at, port.element_bytes);
    write_bits(", expected ", expected + at, port.element_bytes);
    mote_selftest_write("\n");
  }
  return differing;
}

uint32_t report(const pack::Network& network, uint32_t vector, const char* what, uint32_t index, uint32_t differing) {
  if (differing == 0U) return 0;
  write_field("network ", network.number);
  write_field(" vector ", vector);
  write_field(what, index);
  write_field(": elements that differ: ", differing);
  mote_selftest_write("\n");
  return 1;
}

// Memory and outputs hold rubbish before a run, another for every vector: nothing may depend on it.
const unsigned char* check_vector(const pack::Network& network, uint32_t vector, const unsigned char* bytes,
                                  uint32_t& problems) {
  memset(network.memory, static_cast<int>(0xA5U + vector), network.memory_bytes);
  const unsigned char* const inputs = bytes;
  for (uint32_t i = 0; i < network.input_count; ++i) {
    memcpy(network.inputs[i].data, bytes, network.inputs[i].bytes);
    bytes += network.inputs[i].bytes;
  }
  for (uint32_t i = 0; i < network.output_count; ++i)
    memset(network.outputs[i].data, static_cast<int>(0x5AU + vector), network.outputs[i].bytes);
  problems += report(network, vector, " status ", 0, static_cast<uint32_t>(network.run()));
  for (uint32_t i = 0; i < network.output_count; ++i) {
    problems += report(network, vector, " output ", i, compare(network.outputs[i], bytes));
    bytes += network.outputs[i].bytes;
  }
  const unsigned char* given = inputs;
  for (uint32_t i = 0; i < network.input_count; ++i) {
    problems += report(network, vector, " written input ", i,
                       memcmp(network.inputs[i].data, given, network.inputs[i].bytes) == 0 ? 0U : 1U);
    given += network.inputs[i].bytes;
  }
  return bytes;
}

}  // namespace

int main() {
  uint32_t problems = 0;
  const unsigned char* bytes = pack_vectors;
  for (uint32_t i = 0; i < pack::network_count; ++i)
    for (uint32_t vector = 0; vector < pack::vectors_per_network; ++vector)
      bytes = check_vector(pack::networks[i], vector, bytes, problems);
  write_field(problems == 0U ? "PASS " : "FAIL ", pack::network_count);
  mote_selftest_write("\n");
  return problems == 0U ? 0 : 1;
}
