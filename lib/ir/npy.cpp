// The .npy format: NumPy enhancement proposal 1. Magic, version, header length, a Python dictionary literal, elements.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "lib/ir/array_file.hpp"
#include "lib/ir/array_stream.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

Diagnostic malformed(const std::string& file, std::string message) {
  return {.code = Code::malformed_array,
          .message = std::move(message),
          .where = {.file = file, .node = {}, .op_type = {}, .value = {}},
          .help = {"write it with numpy.save(path, array) in one of the types float32, float64, int8..int64, "
                   "uint8..uint64 or bool"}};
}

struct Dictionary {
  std::string descr{};
  bool fortran_order = false;
  std::vector<std::int64_t> extents{};
};

// The text between `key': ` and the next comma that ends it; the dictionary has exactly three known keys.
std::optional<std::string_view> value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "'");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t colon = header.find(':', at);
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t start = header.find_first_not_of(' ', colon + 1);
  return start == std::string_view::npos ? std::nullopt : std::optional(header.substr(start));
}

std::optional<std::vector<std::int64_t>> tuple_of(std::string_view text) {
  const std::size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == std::string_view::npos) return std::nullopt;
  text = text.substr(1, end - 1);
  std::vector<std::int64_t> numbers;
  while (true) {
    const std::size_t start = text.find_first_not_of(" ,");
    if (start == std::string_view::npos) return numbers;
    text.remove_prefix(start);
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || numbers.size() > Shape::max_rank) return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
}

std::optional<Dictionary> parse_dictionary(std::string_view text) {
  Dictionary header;
  const auto descr = value_of(text, "descr");
  const auto order = value_of(text, "fortran_order");
  const auto shape = value_of(text, "shape");
  if (!descr || !order || !shape || (*descr)[0] != '\'') return std::nullopt;
  const std::size_t end = descr->find('\'', 1);
  if (end == std::string_view::npos) return std::nullopt;
  header.descr = descr->substr(1, end - 1);
  header.fortran_order = order->starts_with("True");
  const auto extents = tuple_of(*shape);
  if (!extents) return std::nullopt;
  header.extents = *extents;
  return header;
}

std::optional<DType> dtype_of(std::string_view kind) {
  static const std::map<std::string_view, DType> known{
      {"f4", DType::f32}, {"f8", DType::f64}, {"i1", DType::s8},  {"u1", DType::u8},  {"i2", DType::s16}, {"u2", DType::u16},
      {"i4", DType::s32}, {"u4", DType::u32}, {"i8", DType::s64}, {"u8", DType::u64}, {"b1", DType::boolean}};
  const auto found = known.find(kind);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

std::string_view kind_of(DType dtype) {
  switch (dtype) {
    case DType::f32: return "<f4";
    case DType::f64: return "<f8";
    case DType::s8: return "|i1";
    case DType::u8: return "|u1";
    case DType::s16: return "<i2";
    case DType::u16: return "<u2";
    case DType::s32: return "<i4";
    case DType::u32: return "<u4";
    case DType::s64: return "<i8";
    case DType::u64: return "<u8";
    case DType::boolean: return "|b1";
  }
  return "";
}

Tensor from_fortran_order(const Tensor& source) {
  Tensor result = Tensor::zeros(source.dtype, source.shape);
  const auto size = static_cast<std::size_t>(byte_size(source.dtype));
  const auto rank = source.shape.rank();
  std::vector<std::int64_t> index(rank, 0);
  for (std::int64_t i = 0; i < source.shape.elements(); ++i) {
    std::int64_t from = 0;
    for (std::size_t axis = rank; axis > 0; --axis) from = from * source.shape[axis - 1] + index[axis - 1];
    std::memcpy(&result.bytes[static_cast<std::size_t>(i) * size], &source.bytes[static_cast<std::size_t>(from) * size], size);
    for (std::size_t axis = rank; axis > 0 && ++index[axis - 1] == source.shape[axis - 1]; --axis) index[axis - 1] = 0;
  }
  return result;
}

}  // namespace

Result<NpyHeader> parse_npy_header(std::span<const std::byte> bytes, const std::string& file) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with("\x93NUMPY") || text.size() < 12) return malformed(file, "not a .npy file: its first bytes are not \\x93NUMPY");
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  const std::size_t start = byte(6) == 1 ? 10 : 12;
  if (byte(6) < 1 || byte(6) > 3) return malformed(file, "version " + std::to_string(byte(6)) + " of the .npy format, expected 1 to 3");
  std::size_t length = byte(8) | byte(9) << 8U;
  if (start == 12) length |= byte(10) << 16U | byte(11) << 24U;
  if (length > text.size() - start) return malformed(file, "the header is longer than the file");
  auto dictionary = parse_dictionary(text.substr(start, length));
  if (!dictionary || dictionary->descr.empty()) return malformed(file, "the header is no dictionary with descr, fortran_order and shape");
  const auto dtype = dtype_of(std::string_view(dictionary->descr).substr(1));
  if (!dtype) return malformed(file, "element type '" + dictionary->descr + "' is not supported");
  return NpyHeader{.dtype = *dtype,
                   .big_endian = dictionary->descr[0] == '>',
                   .fortran_order = dictionary->fortran_order,
                   .extents = std::move(dictionary->extents),
                   .data_offset = static_cast<std::int64_t>(start + length)};
}

void swap_byte_order(Bytes& bytes, std::int64_t size) {
  for (auto at = bytes.begin(); at != bytes.end(); at += size) std::reverse(at, at + size);
}

Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& file) {
  MOTE_TRY(const NpyHeader header, parse_npy_header(bytes, file));
  auto shape = Shape::make(header.extents);
  if (!shape) return malformed(file, shape.error().message);
  const std::size_t expected = static_cast<std::size_t>(shape->elements() * byte_size(header.dtype));
  const std::size_t found = bytes.size() - static_cast<std::size_t>(header.data_offset);
  if (found != expected)
    return malformed(file, std::to_string(found) + " bytes of elements, expected " + std::to_string(expected) + " for " + shape->text());
  Tensor tensor{.dtype = header.dtype, .shape = *std::move(shape), .bytes = Bytes(bytes.end() - static_cast<std::ptrdiff_t>(found), bytes.end())};
  if (header.big_endian) swap_byte_order(tensor.bytes, byte_size(header.dtype));
  return header.fortran_order ? from_fortran_order(tensor) : tensor;
}

Bytes npy_bytes(const Tensor& tensor) {
  std::string header = "{'descr': '" + std::string(kind_of(tensor.dtype)) + "', 'fortran_order': False, 'shape': (" +
                       join(tensor.shape.extents(), ", ") + (tensor.shape.rank() == 1 ? ",), }" : "), }");
  header.append(63 - (10 + header.size()) % 64, ' ');  // elements start at a multiple of 64
  header += '\n';
  std::string text = "\x93NUMPY";
  text += {'\x01', '\x00', static_cast<char>(header.size() & 0xffU), static_cast<char>(header.size() >> 8U)};
  text += header;
  const auto head = std::as_bytes(std::span(text));
  Bytes bytes(head.begin(), head.end());
  bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
  return bytes;
}

Result<Tensor> read_npy(const std::string& path) {
  MOTE_TRY(const Bytes bytes, read_file(path));
  return parse_npy(bytes, path);
}

}  // namespace mote
