#pragma once
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mote {

// Owns a POSIX file descriptor.
class FileHandle {
 public:
  explicit FileHandle(int descriptor = -1) : descriptor_(descriptor) {}
  ~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  explicit operator bool() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }

  // Fills `target` from the file; false if the file ends before or cannot be read.
  [[nodiscard]] bool read_at(std::int64_t offset, std::span<std::byte> target) const {
    while (!target.empty()) {
      const ::ssize_t got = ::pread(descriptor_, target.data(), target.size(), offset);
      if (got <= 0) return false;
      offset += got;
      target = target.subspan(static_cast<std::size_t>(got));
    }
    return true;
  }

 private:
  int descriptor_;
};

}  // namespace mote
