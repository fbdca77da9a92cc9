#pragma once
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "codegen/names.hpp"

namespace mote {

// The parts of a drop, each a pure function from the plan to text. emit.cpp puts them together.
[[nodiscard]] std::string c_header(const Plan& plan, const DropNames& names, const EmitOptions& options);
[[nodiscard]] std::string cpp_header(const Plan& plan, const DropNames& names, const EmitOptions& options);
[[nodiscard]] std::string network_source(const Plan& plan, const DropNames& names, const EmitOptions& options);
[[nodiscard]] std::string weights_header(const Plan& plan, const DropNames& names);
[[nodiscard]] std::string weights_source(const Plan& plan, const DropNames& names);
[[nodiscard]] std::string selftest_vectors(const Plan& plan, const DropNames& names, const EmitOptions& options);
[[nodiscard]] std::string selftest_source(const Plan& plan, const DropNames& names, const EmitOptions& options);
[[nodiscard]] std::string selftest_host_source();
[[nodiscard]] std::string project_cmake(const Plan& plan, const DropNames& names);
[[nodiscard]] std::string project_readme(const Plan& plan, const DropNames& names, const EmitOptions& options);
// Hashes every file that is in `files` already.
[[nodiscard]] std::string manifest(const Plan& plan, const DropNames& names, const EmitOptions& options,
                                   const FileTree& files);

// The kernel headers that the plan calls and everything they include, by file name ("conv2d_f32.hpp").
[[nodiscard]] std::map<std::string, std::string> kernel_closure(const Plan& plan);

// What an input or output of quantized elements means: its scale and zero point, and a function that converts. Empty for
// other types. `macro`: prefix of the constants; `function`: of the function.
[[nodiscard]] std::string quantized_interface(const TensorType& type, const std::string& macro,
                                              const std::string& function, bool is_input);
// Of an input that takes the features of decision trees as ranks: what they are, and the function that makes them. Empty
// for all other inputs.
[[nodiscard]] std::string rank_interface_text(const Plan& plan, ValueId input, const std::string& function);

// The parameter list of <name>_run: "kws_context *network_context, const float *input, float *output".
[[nodiscard]] std::string run_parameters(const Plan& plan, const DropNames& names);
[[nodiscard]] std::string generated_banner(const EmitOptions& options);
// Stack that is allowed to <name>_run, in bytes, without interrupts: declared, and held against emulated runs.
[[nodiscard]] std::int64_t stack_bound_bytes(const Plan& plan);

}  // namespace mote
