#pragma once
#include <cstdint>
#include <string>

#include "lib/ir/tensor.hpp"
#include "lib/support/result.hpp"

namespace mote {

// A part of a file that lies beside the model.
struct ExternalRange {
  std::string location{};  // relative to the model's folder, with '/'
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

enum class PathResolver : std::uint8_t {
  kernel,    // openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, where the kernel has it (Linux 5.6), else stepwise
  stepwise,  // every component opened on its own with O_NOFOLLOW
};

// Reads a range of a regular file beneath `folder`. Refused: absolute paths, "..", symbolic links in any component,
// files with more than one hard link (a link could lead outside the folder), devices and pipes, ranges that do not lie
// inside the file. The checks are made on the opened file, so that nothing can be exchanged between check and use.
[[nodiscard]] Result<Bytes> read_external(const std::string& folder, const ExternalRange& range,
                                          PathResolver resolver = PathResolver::kernel);

}  // namespace mote
