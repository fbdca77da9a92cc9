#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/ir/array_file.hpp"
#include "lib/support/file_handle.hpp"

namespace mote {
Result<Bytes> read_file(const std::string& path, std::int64_t limit) {
  const auto failed = [&](std::string message) {
    return Diagnostic{.code = Code::file_unreadable,
                      .message = std::move(message),
                      .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
  };
  // O_NONBLOCK: opening a pipe by mistake must not hang.
  const FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failed(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return failed("is no regular file");
  if (status.st_size > limit)
    return Diagnostic{.code = Code::limit_exceeded,
                      .message = "the file has " + std::to_string(status.st_size) + " bytes, the limit is " + std::to_string(limit),
                      .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("could not be read to its end");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace mote
