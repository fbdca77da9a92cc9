// src/<name>_weights.{hpp,cpp}: the constants, each under the name it has in the model.
#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::string declaration(const Plan& plan, const DropNames& names, ValueId id) {
  const Value& value = plan.graph.at(id);
  return "const " + std::string(c_name(value.type.dtype)) + " " + names.constants.at(id) + "[" +
         std::to_string(std::max<std::int64_t>(1, value.type.shape.elements())) + "]";
}

// Where the weights go when the build asks for the target's sections.
std::string placement_macro(const Plan& plan, const DropNames& names) {
  const std::string& section = plan.target.weights().section;
  if (section.empty()) return {};
  return "#if defined(" + names.macro + "_USE_SECTIONS)\n#define " + names.macro + "_WEIGHTS_PLACE __attribute__((section(" +
         quoted(section) + ")))\n#else\n#define " + names.macro + "_WEIGHTS_PLACE\n#endif\n\n";
}

}  // namespace

std::string weights_header(const Plan& plan, const DropNames& names) {
  const std::string guard = names.macro + "_WEIGHTS_HPP";
  std::string text = "// Constants of the network: " + with_thousands(plan.weights_bytes) + " bytes of flash.\n";
  text += "#ifndef " + guard + "\n#define " + guard + "\n\n#ifndef MOTE_NAMESPACE\n#define MOTE_NAMESPACE " +
          names.kernels + "\n#endif\n#include \"kernels/kernel_base.hpp\"\n\n";
  text += "namespace " + names.prefix + "_weights {\n\n";
  for (const ValueId id : used_constants(plan)) text += "extern " + declaration(plan, names, id) + ";\n";
  text += "\n}  // namespace " + names.prefix + "_weights\n\n#endif\n";
  return text;
}

std::string weights_source(const Plan& plan, const DropNames& names) {
  std::string text = "#include \"" + names.prefix + "_weights.hpp\"\n\n" + placement_macro(plan, names);
  // Kernels of such cores read bytes by words, the faster where none lies across two.
  const bool by_words = plan.target.cpu.dsp;
  const std::string place =
      plan.target.weights().section.empty() ? " MOTE_CONSTANT" : " MOTE_CONSTANT " + names.macro + "_WEIGHTS_PLACE";
  text += "namespace " + names.prefix + "_weights {\n";
  for (const ValueId id : used_constants(plan)) {
    const Value& value = plan.graph.at(id);
    text += "\n// " + comment_text(value.name) + ": " + value.type.shape.text() + "\n";
    if (by_words && value.type.dtype == DType::u8) text += "alignas(4) ";
    text += declaration(plan, names, id) + place + " = {\n" + element_list(value.type.dtype, *value.data) + "};\n";
  }
  text += "\n}  // namespace " + names.prefix + "_weights\n";
  return text;
}

}  // namespace mote
