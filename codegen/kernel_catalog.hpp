#pragma once
#include <span>
#include <string_view>

namespace mote {

// A kernel header exactly as it stands in codegen/kernels, embedded at build time.
struct KernelFile {
  std::string_view name;  // "conv2d_f32.hpp"
  std::string_view text;
};
[[nodiscard]] std::span<const KernelFile> kernel_files();  // sorted by name

}  // namespace mote
