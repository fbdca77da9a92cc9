// selftest/: golden vectors and the program that holds a build of the drop to them, on the host or on the target.
#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

using TensorList = std::vector<Tensor> GoldenVector::*;

// All vectors' tensors of one input or output, one after the other.
std::string table(const EmitOptions& options, TensorList list, std::size_t index, const std::string& name) {
  const Tensor& first = (options.vectors[0].*list)[index];
  Bytes all;
  for (const GoldenVector& vector : options.vectors) {
    const Bytes& bytes = (vector.*list)[index].bytes;
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  const auto count = std::max<std::size_t>(1, all.size() / static_cast<std::size_t>(byte_size(first.dtype)));
  return "const " + std::string(c_name(first.dtype)) + " " + name + "[" + std::to_string(count) +
         "] MOTE_CONSTANT = {\n" + element_list(first.dtype, all) + "};\n\n";
}

std::string elements(const Plan& plan, ValueId id) { return std::to_string(plan.graph.at(id).type.shape.elements()); }

std::string buffer(const Plan& plan, ValueId id, const std::string& name) {
  const TensorType& type = plan.graph.at(id).type;
  return std::string(c_name(type.dtype)) + " " + name + "[" +
         std::to_string(std::max<std::int64_t>(1, type.shape.elements())) + "];\n";
}

constexpr std::string_view comparison = R"(
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

// Equal bits, or both NaN: the payload of a NaN is no result of the network.
template <class T>
bool same(T found, T expected) {
  return memcmp(&found, &expected, sizeof(T)) == 0 || (found != found && expected != expected);
}

#if defined(__AVR__)
// The float library of AVR does not round like IEEE 754 in every case: close values and the same largest element are
// asked of it, not bits.
inline bool same(float found, float expected) {
  const float difference = found < expected ? expected - found : found - expected;
  const float size = expected < 0.0f ? -expected : expected;
  return difference <= 1e-5f * (size < 1.0f ? 1.0f : size);
}
#endif

template <class T>
int32_t largest(const T* values, int32_t count) {
  int32_t best = 0;
  for (int32_t i = 1; i < count; ++i) {
    if (values[i] > values[best]) {
      best = i;
    }
  }
  return best;
}

template <class T>
int32_t largest_of_table(constant_pointer<T> table, int32_t vector, int32_t count) {
  int32_t best = 0;
  for (int32_t i = 1; i < count; ++i) {
    if (table[vector * count + i] > table[vector * count + best]) {
      best = i;
    }
  }
  return best;
}

template <class T>
void load(T* destination, constant_pointer<T> table, int32_t vector, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    destination[i] = table[vector * count + i];
  }
}

template <class T>
uint32_t compare(const char* name, const T* found, constant_pointer<T> table, int32_t vector, int32_t count) {
  uint32_t differing = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (!same(found[i], static_cast<T>(table[vector * count + i]))) {
      ++differing;
    }
  }
  if (count > 1 && largest(found, count) != largest_of_table(table, vector, count)) {
    ++differing;
  }
  mote_selftest_write("  vector ");
  write_number(static_cast<uint32_t>(vector));
  mote_selftest_write(" output ");
  mote_selftest_write(name);
  mote_selftest_write(": ");
  write_number(differing);
  mote_selftest_write(" of ");
  write_number(static_cast<uint32_t>(count));
  mote_selftest_write(" elements differ; largest at ");
  write_number(static_cast<uint32_t>(largest(found, count)));
  mote_selftest_write("\n");
  return differing;
}
)";

}  // namespace

std::string selftest_vectors(const Plan& plan, const DropNames& names, const EmitOptions& options) {
  const std::string guard = names.macro + "_SELFTEST_VECTORS_HPP";
  std::string text = "// Inputs, and the outputs that mote's interpreter computes for them; one vector after the other.\n";
  text += "#ifndef " + guard + "\n#define " + guard + "\n\n#include \"kernels/kernel_base.hpp\"\n\n";
  text += "namespace " + names.prefix + "_vectors {\n\nconstexpr int32_t count = " +
          std::to_string(options.vectors.size()) + ";\n\n";
  if (!options.vectors.empty()) {
    for (std::size_t i = 0; i < plan.graph.inputs.size(); ++i)
      text += table(options, &GoldenVector::inputs, i, names.inputs[i]);
    for (std::size_t i = 0; i < plan.graph.outputs.size(); ++i)
      text += table(options, &GoldenVector::outputs, i, names.outputs[i]);
  }
  return text + "}  // namespace " + names.prefix + "_vectors\n\n#endif\n";
}

std::string selftest_source(const Plan& plan, const DropNames& names, const EmitOptions& options) {
  const std::string& n = names.prefix;
  std::string text = "// Runs the network on the golden vectors and compares bit for bit. Exit code 0: all equal.\n";
  text += "#include <string.h>\n\n#define MOTE_NAMESPACE " + names.kernels + "\n#include \"" + n + "/" + n +
          ".h\"\n#include \"vectors.hpp\"\n\n";
  text += "// Supplied by host.cpp here, by the board support on a target.\nextern \"C\" void mote_selftest_write(const char* text);\n\n";
  text += "namespace {\n\nusing namespace " + names.kernels + ";\n\n";
  if (!options.static_context) text += n + "_context context;\n";
  std::string load;
  std::string arguments = options.static_context ? "&" + n + "_static_context" : "&context";
  std::string compare;
  const auto constant = [&](ValueId id, const std::string& name) {
    return "constant_pointer<" + std::string(c_name(plan.graph.at(id).type.dtype)) + ">(" + n + "_vectors::" + name + ")";
  };
  for (std::size_t i = 0; i < names.inputs.size(); ++i) {
    const ValueId id = plan.graph.inputs[i];
    text += buffer(plan, id, names.inputs[i]);
    load += "    load(" + names.inputs[i] + ", " + constant(id, names.inputs[i]) + ", vector, " + elements(plan, id) + ");\n";
    arguments += ", " + names.inputs[i];
  }
  for (std::size_t i = 0; i < names.outputs.size(); ++i) {
    const ValueId id = plan.graph.outputs[i];
    text += buffer(plan, id, names.outputs[i]);
    arguments += ", " + names.outputs[i];
    compare += "    differing += compare(\"" + names.outputs[i] + "\", " + names.outputs[i] + ", " +
               constant(id, names.outputs[i]) + ", vector, " + elements(plan, id) + ");\n";
  }
  text += std::string(comparison) + "\n}  // namespace\n\nint main() {\n  mote_selftest_write(\"" + n + " selftest\\n\");\n";
  text += "  uint32_t differing = 0;\n";
  if (!options.vectors.empty()) {
    text += "  for (int32_t vector = 0; vector < " + n + "_vectors::count; ++vector) {\n" + load;
    text += "    if (" + n + "_run(" + arguments + ") != " + names.macro + "_OK) {\n      ++differing;\n    }\n" + compare + "  }\n";
  }
  text += "  mote_selftest_write(differing == 0U ? \"PASS\\n\" : \"FAIL\\n\");\n  return differing == 0U ? 0 : 1;\n}\n";
  return text;
}

std::string selftest_host_source() {
  return "// The console of a host; a board brings its own.\n#include <stdio.h>\n\n"
         "extern \"C\" void mote_selftest_write(const char* text);\n"
         "extern \"C\" void mote_selftest_write(const char* text) {\n  fputs(text, stdout);\n}\n";
}

}  // namespace mote
