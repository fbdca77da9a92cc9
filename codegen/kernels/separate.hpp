// For functions that must stay functions: called from many places, or so long that the one they would merge into would
// be beyond the reach of AVR's branches and the patience of compilers.
#ifndef MOTE_KERNELS_SEPARATE_HPP
#define MOTE_KERNELS_SEPARATE_HPP
#include "kernel_base.hpp"

#if defined(__GNUC__)
#define MOTE_SEPARATE __attribute__((noinline))
#else
#define MOTE_SEPARATE
#endif

#endif
