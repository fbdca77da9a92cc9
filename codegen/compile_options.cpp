// What the sources of a drop must be compiled with for the interpreter's bits.
#include <algorithm>

#include "codegen/emit.hpp"

namespace mote {

std::vector<std::string> compile_options(const Plan& plan) {
  std::vector<std::string> options{"-ffp-contract=off"};
  const bool has_floats =
      std::ranges::any_of(plan.graph.values, [](const Value& value) { return is_float(value.type.dtype); });
  // Helium takes subnormal operands for zero, and compilers put loops over floats onto it from -O2 on.
  if (plan.target.cpu.mve && has_floats)
    options.insert(options.end(), {"-fno-tree-vectorize", "-fno-tree-slp-vectorize"});
  return options;
}

}  // namespace mote
