#pragma once

namespace mote {

// Calls loop() as code for the widest registers of the host, chosen when the program runs: the compiler vectorizes what
// it is given for them, too. Products and sums stay single operations, so that results are the same on every host.
#if defined(__x86_64__)
template <class Loop>
__attribute__((target("avx2"), flatten)) void run_in_avx2(const Loop& loop) {
  loop();
}

template <class Loop>
void run_widely(const Loop& loop) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  has_avx2 ? run_in_avx2(loop) : loop();
}
#else
template <class Loop>
void run_widely(const Loop& loop) {
  loop();
}
#endif

}  // namespace mote
