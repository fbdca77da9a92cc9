#include "tools/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace mote {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code failed;
  const std::filesystem::path base = std::filesystem::temp_directory_path(failed);
  std::string pattern = ((failed ? std::filesystem::path("/tmp") : base) / "mote-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Diagnostic{.severity = Severity::error,
                      .code = Code::file_unwritable,
                      .message = std::string("no temporary folder can be made: ") + std::strerror(errno),
                      .where = {.file = pattern, .node = {}, .op_type = {}, .value = {}},
                      .help = {"set TMPDIR to a folder that can be written"}};
  }
  return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mote
