// .npz: a zip archive of .npy members, through libzip.
#include <zip.h>

#include <memory>

#include "lib/ir/array_file.hpp"

namespace mote {
namespace {

constexpr zip_uint64_t member_limit = zip_uint64_t{1} << 31U;
constexpr zip_int64_t count_limit = 4096;

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Closer>;
using Member = std::unique_ptr<zip_file_t, Closer>;

Diagnostic malformed(const std::string& path, std::string message) {
  return {.code = Code::malformed_array,
          .message = std::move(message),
          .where = {.file = path, .node = {}, .op_type = {}, .value = {}},
          .help = {"write it with numpy.savez(path, name=array, …)"}};
}

// Reads member by member in bounded steps, so that a false size in the directory cannot claim memory.
Result<Bytes> read_member(zip_t* archive, zip_uint64_t index, const std::string& path, const std::string& name) {
  const Member member(zip_fopen_index(archive, index, 0));
  if (!member) return malformed(path, "member '" + name + "' cannot be opened");
  Bytes bytes;
  Bytes chunk(std::size_t{1} << 20U);
  while (true) {
    const zip_int64_t count = zip_fread(member.get(), chunk.data(), chunk.size());
    if (count < 0) return malformed(path, "member '" + name + "' is damaged");
    if (count == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(count) > member_limit)
      return malformed(path, "member '" + name + "' is larger than 2 GiB");
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + count);
  }
}

}  // namespace

Result<std::map<std::string, Tensor>> read_npz(const std::string& path) {
  int error = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (!archive) return malformed(path, "not a readable zip archive");
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > count_limit) return malformed(path, "more than 4096 members");
  std::map<std::string, Tensor> arrays;
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(archive.get(), index, 0);
    std::string name = raw == nullptr ? "" : raw;
    MOTE_TRY(const Bytes bytes, read_member(archive.get(), index, path, name));
    MOTE_TRY(Tensor tensor, parse_npy(bytes, path + ":" + name));
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    arrays.insert_or_assign(std::move(name), std::move(tensor));
  }
  return arrays;
}

Result<Bytes> npz_bytes(const std::map<std::string, Tensor>& arrays) {
  const auto failed = [] { return Diagnostic{.code = Code::internal, .message = "libzip could not build the archive"}; };
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  if (source == nullptr) return failed();
  zip_source_keep(source);  // the archive takes one reference on closing, this function holds the other
  const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(source, zip_source_free);
  zip_t* archive = zip_open_from_source(source, ZIP_TRUNCATE, nullptr);
  if (archive == nullptr) return failed();
  std::vector<Bytes> members;
  members.reserve(arrays.size());
  for (const auto& [name, tensor] : arrays) {
    members.push_back(npy_bytes(tensor));
    zip_source_t* member = zip_source_buffer(archive, members.back().data(), members.back().size(), 0);
    const zip_int64_t index = zip_file_add(archive, (name + ".npy").c_str(), member, ZIP_FL_ENC_UTF_8);
    if (index < 0) return failed();
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, 0x21, 0);  // 1980-01-01: the same bytes every day
  }
  if (zip_close(archive) != 0) return failed();
  if (zip_source_open(source) != 0) return failed();
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_source_stat(source, &status) != 0) return failed();
  Bytes bytes(status.size);
  if (zip_source_read(source, bytes.data(), bytes.size()) != static_cast<zip_int64_t>(bytes.size())) return failed();
  zip_source_close(source);
  return bytes;
}

}  // namespace mote
