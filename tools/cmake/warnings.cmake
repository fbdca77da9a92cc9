# Off, because gcc 12 reports them falsely when optimising: -Wrestrict on "text" + std::string(…) (GCC PR 105651) and
# -Wmaybe-uninitialized on std::variant (GCC PR 105562).
# The warnings that mote's own sources are held to; third-party headers come in as SYSTEM.
add_library(mote_warnings INTERFACE)
target_compile_options(mote_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wdouble-promotion -Wcast-align
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-restrict -Wno-maybe-uninitialized>
  -Werror)
# The host interpreter and the kernels must give the same bits: no fused multiply-add anywhere.
add_compile_options(-ffp-contract=off)
