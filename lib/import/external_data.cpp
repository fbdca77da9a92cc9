#include "lib/import/external_data.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "lib/support/file_handle.hpp"
#include "lib/import/names.hpp"
#include "lib/support/checked.hpp"

namespace mote {
namespace {

Diagnostic refused(const std::string& location, const std::string& why) {
  return {.code = Code::external_data, .message = "external data " + shown(location) + " " + why};
}

std::vector<std::string> components_of(const std::string& location) {
  std::vector<std::string> components;
  std::size_t start = 0;
  while (start <= location.size()) {
    const std::size_t end = std::min(location.find('/', start), location.size());
    components.push_back(location.substr(start, end - start));
    start = end + 1;
  }
  return components;
}

// The kernel would resolve "a/../b" inside the folder; there is no honest use for it, so it is refused as text.
std::optional<std::string> path_problem(const std::string& location) {
  if (location.empty()) return "has no location";
  if (location.find('\0') != std::string::npos) return "contains a NUL character";
  if (location.front() == '/') return "is an absolute path";
  for (const std::string& component : components_of(location)) {
    if (component == "..") return "leaves the folder of the model";
    if (component.empty()) return "has an empty path component";
  }
  return std::nullopt;
}

FileHandle open_stepwise(const FileHandle& folder, const std::string& location) {
  const std::vector<std::string> components = components_of(location);
  FileHandle current(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0));
  for (std::size_t i = 0; i < components.size() && current; ++i) {
    const bool last = i + 1 == components.size();
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY);
    current = FileHandle(::openat(current.get(), components[i].c_str(), flags));
  }
  return current;
}

FileHandle open_beneath(const FileHandle& folder, const std::string& location, PathResolver resolver) {
  if (resolver == PathResolver::stepwise) return open_stepwise(folder, location);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long descriptor = ::syscall(SYS_openat2, folder.get(), location.c_str(), &how, sizeof how);
  // Older kernels lack the call; some sandboxes forbid it.
  if (descriptor < 0 && (errno == ENOSYS || errno == EPERM)) return open_stepwise(folder, location);
  return FileHandle(static_cast<int>(descriptor));
}

}  // namespace

Result<Bytes> read_external(const std::string& folder, const ExternalRange& range, PathResolver resolver) {
  const std::string& location = range.location;
  if (const auto problem = path_problem(location)) return refused(location, *problem);
  const FileHandle base(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!base) return refused(location, std::string("cannot be reached: ") + std::strerror(errno));
  const FileHandle file = open_beneath(base, location, resolver);
  if (!file && (errno == ELOOP || errno == EXDEV)) return refused(location, "goes through a symbolic link");
  if (!file) return refused(location, std::string("cannot be opened: ") + std::strerror(errno));

  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return refused(location, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return refused(location, "is not a regular file");
  if (status.st_nlink != 1) return refused(location, "has " + std::to_string(status.st_nlink) + " hard links");
  const auto end = checked_add(range.offset, range.length);
  if (range.offset < 0 || range.length < 0 || !end || *end > status.st_size)
    return refused(location, "has " + std::to_string(status.st_size) + " bytes, the tensor claims " +
                                 std::to_string(range.length) + " from offset " + std::to_string(range.offset));
  Bytes bytes(static_cast<std::size_t>(range.length));
  if (!file.read_at(range.offset, bytes)) return refused(location, "changed while it was read");
  return bytes;
}

}  // namespace mote
