#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/ir/tensor.hpp"

namespace mote {

// Bytes at any position of something that may be larger than memory. Reading is thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::int64_t size() const = 0;
  // Fills `target`; false if the source ends before or cannot be read.
  [[nodiscard]] virtual bool read_at(std::int64_t offset, std::span<std::byte> target) const = 0;
};
using SharedBytes = std::shared_ptr<const ByteSource>;

// A regular file, kept open. Code::file_unreadable otherwise.
[[nodiscard]] Result<SharedBytes> open_bytes(const std::string& path);

// The arrays of a .npz, in the archive's order, and one of them as the bytes of its .npy. A member stored without
// compression (numpy.savez) is read in place; a compressed one is unpacked into memory (at most 2 GiB).
[[nodiscard]] Result<std::vector<std::string>> npz_names(const std::string& path);
[[nodiscard]] Result<SharedBytes> open_npz_member(const std::string& path, const std::string& name);

// What a .npy says of itself. `extents` are as the file claims them: any size, not yet a Shape.
struct NpyHeader {
  DType dtype = DType::f32;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::int64_t> extents{};
  std::int64_t data_offset = 0;  // where the elements begin, in bytes
};
// `start`: the first bytes of the file, at least the whole header. Code::malformed_array.
[[nodiscard]] Result<NpyHeader> parse_npy_header(std::span<const std::byte> start, const std::string& file);
[[nodiscard]] Result<NpyHeader> read_npy_header(const ByteSource& source, const std::string& file);

void swap_byte_order(Bytes& bytes, std::int64_t element_size);

}  // namespace mote
