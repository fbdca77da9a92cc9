// .npz: a zip archive of .npy members, through libzip.
#include <zip.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "lib/ir/array_file.hpp"
#include "lib/ir/array_stream.hpp"

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

Result<Archive> open_archive(const std::string& path) {
  int error = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (!archive) return malformed(path, "not a readable zip archive");
  if (zip_get_num_entries(archive.get(), 0) > count_limit) return malformed(path, "more than 4096 members");
  return archive;
}

std::string name_of_entry(zip_t* archive, zip_uint64_t index) {
  const char* raw = zip_get_name(archive, index, 0);
  return raw == nullptr ? "" : raw;
}

std::string array_name(std::string member) {
  if (member.ends_with(".npy")) member.resize(member.size() - 4);
  return member;
}

class MemoryBytes : public ByteSource {
 public:
  explicit MemoryBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  bool read_at(std::int64_t offset, std::span<std::byte> target) const override {
    if (offset < 0 || offset > size() || static_cast<std::size_t>(size() - offset) < target.size()) return false;
    std::copy_n(bytes_.begin() + offset, target.size(), target.begin());
    return true;
  }

 private:
  Bytes bytes_;
};

// A member that is stored as it is: libzip can seek in it, but a handle has one position, hence the lock.
class StoredMember : public ByteSource {
 public:
  StoredMember(Archive archive, Member member, std::int64_t size)
      : archive_(std::move(archive)), member_(std::move(member)), size_(size) {}
  std::int64_t size() const override { return size_; }
  bool read_at(std::int64_t offset, std::span<std::byte> target) const override {
    const std::scoped_lock lock(position_);
    if (zip_fseek(member_.get(), offset, SEEK_SET) != 0) return false;
    while (!target.empty()) {
      const zip_int64_t count = zip_fread(member_.get(), target.data(), target.size());
      if (count <= 0) return false;
      target = target.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  Archive archive_;  // before the member, which must be closed first
  Member member_;
  std::int64_t size_;
  mutable std::mutex position_{};
};

}  // namespace

Result<std::vector<std::string>> npz_names(const std::string& path) {
  MOTE_TRY(const Archive archive, open_archive(path));
  std::vector<std::string> names;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) names.push_back(array_name(name_of_entry(archive.get(), i)));
  return names;
}

Result<SharedBytes> open_npz_member(const std::string& path, const std::string& name) {
  MOTE_TRY(Archive archive, open_archive(path));
  zip_int64_t index = zip_name_locate(archive.get(), (name + ".npy").c_str(), 0);
  if (index < 0) index = zip_name_locate(archive.get(), name.c_str(), 0);
  if (index < 0) return malformed(path, "has no member '" + name + "'");
  const auto at = static_cast<zip_uint64_t>(index);
  zip_stat_t status;
  zip_stat_init(&status);
  constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
  if (zip_stat_index(archive.get(), at, 0, &status) != 0 || (status.valid & needed) != needed)
    return malformed(path, "member '" + name + "' has no size");
  if (status.comp_method != ZIP_CM_STORE) {
    MOTE_TRY(Bytes bytes, read_member(archive.get(), at, path, name));
    return SharedBytes(std::make_shared<MemoryBytes>(std::move(bytes)));
  }
  Member member(zip_fopen_index(archive.get(), at, 0));
  if (!member) return malformed(path, "member '" + name + "' cannot be opened");
  return SharedBytes(std::make_shared<StoredMember>(std::move(archive), std::move(member),
                                                    static_cast<std::int64_t>(status.size)));
}

Result<std::map<std::string, Tensor>> read_npz(const std::string& path) {
  MOTE_TRY(const Archive archive, open_archive(path));
  std::map<std::string, Tensor> arrays;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t index = 0; index < count; ++index) {
    std::string name = name_of_entry(archive.get(), index);
    MOTE_TRY(const Bytes bytes, read_member(archive.get(), index, path, name));
    MOTE_TRY(Tensor tensor, parse_npy(bytes, path + ":" + name));
    arrays.insert_or_assign(array_name(std::move(name)), std::move(tensor));
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
