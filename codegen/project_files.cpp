// CMakeLists.txt and README.md of a drop.
#include "codegen/literals.hpp"
#include "codegen/parts.hpp"
#include "codegen/tree_facts.hpp"
#include "lib/plan/model_code.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

constexpr std::string_view cmake = R"(cmake_minimum_required(VERSION 3.16)
project(@N@ LANGUAGES C CXX)

option(@M@_USE_SECTIONS "Place context and weights in the sections of the target's description" OFF)

add_library(@N@ STATIC
  src/@N@_network.cpp
  src/@N@_weights.cpp)
target_include_directories(@N@ PUBLIC include PRIVATE src)
target_compile_features(@N@ PUBLIC cxx_std_14)
# Fused multiply-add, and vector units that take subnormal numbers for zero, would change bits from one processor to the
# next.
target_compile_options(@N@ PRIVATE @O@ -fno-exceptions -fno-rtti)
if(@M@_USE_SECTIONS)
  target_compile_definitions(@N@ PUBLIC @M@_USE_SECTIONS)
endif()

include(CTest)
if(BUILD_TESTING AND NOT CMAKE_CROSSCOMPILING)
  add_executable(@N@_selftest selftest/selftest.cpp selftest/host.cpp)
  target_include_directories(@N@_selftest PRIVATE src)
  target_link_libraries(@N@_selftest PRIVATE @N@)
  add_test(NAME @N@_selftest COMMAND @N@_selftest)
endif()
)";

constexpr std::string_view defaults = R"(if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

)";

std::string filled(std::string text, const DropNames& names, const std::string& options) {
  const auto replace = [&](std::string_view mark, const std::string& value) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  };
  replace("@N@", names.prefix);
  replace("@M@", names.macro);
  replace("@O@", options);
  return text;
}

std::string options_text(const Plan& plan, const std::string& separator) {
  std::string text;
  for (const std::string& option : compile_options(plan)) text += (text.empty() ? "" : separator) + option;
  return text;
}

std::string tensor_row(const Value& value, const std::string& name, std::string_view role) {
  return "| " + std::string(role) + " | `" + name + "` | " + std::string(c_name(value.type.dtype)) + " | " +
         value.type.shape.text() + " | " + comment_text(value.name) + " |\n";
}

std::string branches_row(const Plan& plan) {
  const std::int64_t bytes = branch_code_bytes(plan);
  return bytes == 0 ? "" : "| flash: branches of trees, estimated | " + with_thousands(bytes) + " |\n";
}

}  // namespace

std::string project_cmake(const Plan& plan, const DropNames& names) {
  std::string text(cmake);
  text.insert(text.find("option("), defaults);
  return filled(std::move(text), names, options_text(plan, " "));
}

std::string project_readme(const Plan& plan, const DropNames& names, const EmitOptions& options) {
  const std::string& n = names.prefix;
  std::string text = "# " + n + "\n" + generated_banner(options) + " for target `" + plan.target.name + "`.\n\n";
  text += "Copy this folder into the firmware, compile `src/*.cpp` with `include/` and `src/` on the include path, "
          "`" + options_text(plan, "` `") + "` and any C++14 compiler (no exceptions, RTTI, heap or library needed beyond "
          "memcpy/memset), and call one function:\n\n```c\n#include \"" + n + "/" + n + ".h\"\n\nint status = " + n +
          "_run(" + (options.static_context ? "&" + n + "_static_context" : std::string("&context"));
  for (const std::string& name : names.inputs) text += ", " + name;
  for (const std::string& name : names.outputs) text += ", " + name;
  text += ");\n```\n\n| | name | type | shape (row-major) | in the model |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < names.inputs.size(); ++i)
    text += tensor_row(plan.graph.at(plan.graph.inputs[i]), names.inputs[i], "input");
  for (std::size_t i = 0; i < names.outputs.size(); ++i)
    text += tensor_row(plan.graph.at(plan.graph.outputs[i]), names.outputs[i], "output");
  text += "\n| memory | bytes |\n|---|---|\n| RAM: arena inside the context | " + with_thousands(plan.arena_bytes) +
          " |\n| stack, declared | " + with_thousands(stack_bound_bytes(plan)) + " |\n| flash: weights | " +
          with_thousands(plan.weights_bytes) +
          " |\n" + branches_row(plan) + "\nThe stack is an allowance for one run without interrupts, the same for every network; where the target can be "
          "emulated, `mote verify` paints the stack, runs the vectors and fails if they use more.\n\n" +
          with_thousands(plan.macs) +
          " multiply-accumulates per run. The function is reentrant: two contexts may run at the same time.\n\n";
  for (const TreeStatistics& ensemble : options.trees) text += "```\n" + tree_facts_text(ensemble, &plan) + "```\n\n";
  text += "Check a build against the vectors that travel with it:\n\n```sh\ncmake -S . -B build && cmake --build build && "
          "ctest --test-dir build\n```\n\nOn a target, link `selftest/selftest.cpp` with a function "
          "`void mote_selftest_write(const char *)` that prints.\n";
  return text;
}

}  // namespace mote
