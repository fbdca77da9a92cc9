// src/<name>_network.cpp: the geometry of every layer, then one commented call per layer.
#include <algorithm>
#include <utility>

#include "codegen/class_names.hpp"
#include "codegen/generated_functions.hpp"
#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::string field_text(const std::pair<std::string, KernelField>& field) {
  struct Printer {
    std::string operator()(std::int32_t v) const { return "int32_t @ = " + literal(std::int64_t{v}, DType::s32); }
    std::string operator()(float v) const { return "float @ = " + literal(v); }
    std::string operator()(double v) const { return "double @ = " + literal(v); }
    std::string operator()(bool v) const { return std::string("bool @ = ") + (v ? "true" : "false"); }
  };
  std::string text = std::visit(Printer{}, field.second);
  text.replace(text.find('@'), 1, field.first);
  return "  static constexpr " + text + ";\n";
}

std::string geometry_structs(const Plan& plan, const DropNames& names) {
  std::string text;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (names.geometry_owner[i] != i) continue;
    const auto users = std::ranges::count(names.geometry_owner, i);
    const GeneratedCode generated = generated_code(plan, plan.steps[i], names.geometry[i]);
    text += generated.functions + "// " + layer_title(plan, plan.steps[i]);
    if (users > 1) text += " and " + std::to_string(users - 1) + " more of the same geometry";
    text += "\nstruct " + names.geometry[i] + " {\n";
    for (const auto& field : plan.steps[i].call.fields) text += field_text(field);
    text += generated.members + "};\n\n";
  }
  return text;
}

std::string arena_pointer(DType dtype, std::int64_t offset) {
  return "at<" + std::string(c_name(dtype)) + ">(arena, " + std::to_string(offset) + ")";
}

std::string operand_text(const Plan& plan, const DropNames& names, ValueId id) {
  if (!id) return "nullptr";
  const TensorType& type = plan.graph.at(id).type;
  const auto moved = [](const std::string& pointer, std::int64_t elements) {
    return elements == 0 ? pointer : pointer + " + " + std::to_string(elements);
  };
  if (const ValueId constant = constant_of(plan, id)) {
    const std::int64_t offset = constant == id ? 0 : plan.placement(id).offset / byte_size(type.dtype);
    return moved("constant_pointer<" + std::string(c_name(type.dtype)) + ">(" + names.prefix +
                     "_weights::" + names.constants.at(constant) + ")", offset);
  }
  const Placement& place = plan.placement(id);
  if (place.home == Home::arena) return arena_pointer(type.dtype, place.offset);
  const std::string& name = (place.home == Home::caller_input ? names.inputs : names.outputs)[place.index];
  return moved(name, place.offset / byte_size(type.dtype));
}

std::string types_text(const Plan& plan, const Step& step) {
  const Node& node = plan.graph.nodes[step.node];
  std::string text;
  const auto append = [&](std::span<const ValueId> ids) {
    for (const ValueId id : ids) {
      if (!id) continue;
      const Value& value = plan.graph.at(id);
      if (value.is_constant()) continue;
      text += (text.empty() ? "" : ", ") + value.type.shape.text();
    }
  };
  append(node.inputs);
  std::string inputs = std::exchange(text, {});
  append(node.outputs);
  return inputs + " -> " + text;
}

std::string wrapped_call(std::string line, const std::vector<std::string>& arguments) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string item = arguments[i] + (i + 1 < arguments.size() ? "," : ");");
    if (line.size() + item.size() > 115) {
      text += line + "\n";
      line = "     ";
    }
    line += (line.ends_with('(') ? "" : " ") + item;
  }
  return text + line + "\n";
}

std::string call_text(const Plan& plan, const DropNames& names, std::size_t index) {
  const Step& step = plan.steps[index];
  std::string text = "  // " + layer_title(plan, step) + ": " + types_text(plan, step);
  if (step.call.macs > 0) text += ", " + with_thousands(step.call.macs) + " MAC";
  std::string types;
  for (const std::string& type : step.call.types) types += (types.empty() ? "" : ", ") + type;
  std::vector<std::string> arguments{names.prefix + "_layers::" + names.geometry[index] + "{}"};
  for (const ValueId id : step.call.operands) arguments.push_back(operand_text(plan, names, id));
  if (step.call.scratch_bytes > 0) arguments.push_back(arena_pointer(DType::u8, step.scratch_offset));
  return text + "\n" + wrapped_call("  " + step.call.kernel + (types.empty() ? "" : "<" + types + ">") + "(", arguments);
}

std::string null_check(const DropNames& names) {
  std::string condition = "network_context == nullptr";
  for (const std::string& name : names.inputs) condition += " || " + name + " == nullptr";
  for (const std::string& name : names.outputs) condition += " || " + name + " == nullptr";
  return "  if (" + condition + ") {\n    return " + names.macro + "_NULL_POINTER;\n  }\n";
}

// A section only helps where the linker script has it; other builds of the same drop define it away.
std::string static_context(const Plan& plan, const DropNames& names) {
  const std::string& section = plan.target.arena().section;
  std::string text;
  if (!section.empty())
    text += "#if defined(" + names.macro + "_USE_SECTIONS)\n__attribute__((section(" + quoted(section) + ")))\n#endif\n";
  return text + names.prefix + "_context " + names.prefix + "_static_context;\n\n";
}

}  // namespace

std::string network_source(const Plan& plan, const DropNames& names, const EmitOptions& options) {
  std::string banner = generated_banner(options);
  banner.replace(banner.find("…"), std::string_view("…").size(), "...");
  std::string text = "// " + banner + ". C++14 and newer.\n";
  text += "#include \"" + names.prefix + "/" + names.prefix + ".h\"\n\n#include <stddef.h>\n\n";
  text += "#define MOTE_NAMESPACE " + names.kernels + "\n";
  std::vector<std::string> headers{"kernel_base"};
  for (const Step& step : plan.steps) headers.push_back(step.call.header);
  std::ranges::sort(headers);
  // Not std::ranges::unique: clang 14 cannot compile libstdc++'s subrange.
  headers.erase(std::unique(headers.begin(), headers.end()), headers.end());
  for (const std::string& header : headers) text += "#include \"kernels/" + header + ".hpp\"\n";
  text += "#include \"" + names.prefix + "_weights.hpp\"\n\n";

  text += "namespace {\n\nusing namespace " + names.kernels + ";\n\n";
  text += "// The arena offset of a tensor as a typed pointer; offsets are multiples of the element size.\n"
          "template <class T>\nT* at(uint8_t* arena, size_t offset) {\n"
          "  return static_cast<T*>(static_cast<void*>(arena + offset));\n}\n\n";
  text += "}  // namespace\n\n// The geometry of every layer, apart from the names of kernels and parameters.\nnamespace " + names.prefix +
          "_layers {\n\n" + geometry_structs(plan, names) + "}  // namespace " + names.prefix + "_layers\n\n";
  for (std::size_t i = 0; i < names.outputs.size(); ++i)
    text += class_table(class_names_of(plan, plan.graph.outputs[i]), names.prefix + "_" + names.outputs[i]);
  if (options.static_context) text += static_context(plan, names);
  text += "extern \"C\" int " + names.prefix + "_run(" + run_parameters(plan, names) + ") {\n";
  text += null_check(names);
  const std::string calls = [&] {
    std::string all;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) all += "\n" + call_text(plan, names, i);
    return all;
  }();
  if (calls.find("(arena, ") != std::string::npos) text += "  uint8_t* const arena = network_context->arena;\n";
  text += calls + "\n  return " + names.macro + "_OK;\n}\n";
  return text;
}

}  // namespace mote
