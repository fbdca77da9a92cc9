#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "lib/ir/tensor.hpp"

namespace mote {

// NumPy's array formats, as `numpy.save` and `numpy.savez` write them. Read: versions 1..3, little- or big-endian,
// C or Fortran order, element types of DType. Errors: Code::malformed_array, Code::file_unreadable.
[[nodiscard]] Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& file);
[[nodiscard]] Bytes npy_bytes(const Tensor& tensor);  // version 1, little-endian, C order

[[nodiscard]] Result<Tensor> read_npy(const std::string& path);
[[nodiscard]] Result<std::map<std::string, Tensor>> read_npz(const std::string& path);
[[nodiscard]] Result<Bytes> npz_bytes(const std::map<std::string, Tensor>& arrays);  // uncompressed, without dates

// The whole of a regular file, refused above `limit` bytes before anything is allocated.
[[nodiscard]] Result<Bytes> read_file(const std::string& path, std::int64_t limit = std::int64_t{1} << 31);

}  // namespace mote
