#include "lib/ir/array_stream.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/support/file_handle.hpp"

namespace mote {
namespace {

class FileBytes : public ByteSource {
 public:
  FileBytes(FileHandle file, std::int64_t size) : file_(std::move(file)), size_(size) {}
  std::int64_t size() const override { return size_; }
  bool read_at(std::int64_t offset, std::span<std::byte> target) const override { return file_.read_at(offset, target); }

 private:
  FileHandle file_;
  std::int64_t size_;
};

}  // namespace

Result<SharedBytes> open_bytes(const std::string& path) {
  const auto failed = [&](std::string message) {
    return Diagnostic{.code = Code::file_unreadable,
                      .message = std::move(message),
                      .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
  };
  // O_NONBLOCK: opening a pipe by mistake must not hang.
  FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failed(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return failed("is no regular file");
  return SharedBytes(std::make_shared<FileBytes>(std::move(file), std::int64_t{status.st_size}));
}

Result<NpyHeader> read_npy_header(const ByteSource& source, const std::string& file) {
  constexpr std::int64_t longest = (std::int64_t{1} << 16) + 12;  // of format version 1; later ones are no longer in practice
  Bytes start(static_cast<std::size_t>(std::min(source.size(), longest)));
  if (!source.read_at(0, start))
    return Diagnostic{.code = Code::file_unreadable,
                      .message = "cannot be read",
                      .where = {.file = file, .node = {}, .op_type = {}, .value = {}}};
  return parse_npy_header(start, file);
}

}  // namespace mote
