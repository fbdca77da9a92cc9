#include "tools/file_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "lib/ir/array_file.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;

Diagnostic unwritable(const std::string& path, const std::string& what) {
  return {.code = Code::file_unwritable,
          .message = what + ": " + std::strerror(errno),
          .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
}

bool write_all(int file, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t count = write(file, contents.data(), contents.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    contents.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(file) == 0;
}

Status write_new(const fs::path& path, std::string_view contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return unwritable(path, "cannot be created");
  const bool written = write_all(file, contents);
  const int error = errno;
  close(file);
  errno = error;
  if (!written) return unwritable(path, "cannot be written");
  return Ok{};
}

std::string staged_name(const std::string& path) { return path + ".part" + std::to_string(getpid()); }

// As the user knows it.
Diagnostic named(Diagnostic problem, const std::string& path) {
  problem.where.file = path;
  return problem;
}

// Removes a folder of mote's own making when it goes out of scope.
struct Staging {
  fs::path path;
  ~Staging() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

// An earlier drop: its manifest names mote and lists every file that lies in it.
bool is_own_drop(const fs::path& folder) {
  auto text = read_file((folder / "manifest.json").string(), std::int64_t{64} << 20);
  if (!text) return false;
  const auto* begin = reinterpret_cast<const char*>(text->data());
  const auto json = nlohmann::json::parse(begin, begin + text->size(), nullptr, false);
  if (!json.is_object() || json.value("/tool/name"_json_pointer, "") != "mote" || !json.contains("files")) return false;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_directory(error)) continue;
    const std::string relative = fs::relative(entry.path(), folder, error).generic_string();
    if (relative != "manifest.json" && !json["files"].contains(relative)) return false;
  }
  return !error;
}

Status may_replace(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::symlink_status(folder, error);
  if (!fs::exists(status)) return Ok{};
  const bool replaceable = fs::is_directory(status) && (fs::is_empty(folder, error) || is_own_drop(folder));
  if (replaceable && !error) return Ok{};
  return Diagnostic{.code = Code::output_exists,
                    .message = "exists and is no unchanged drop of mote, so it is left alone",
                    .where = {.file = folder.string(), .node = {}, .op_type = {}, .value = {}},
                    .help = {"give another folder with -o, or move yours out of the way",
                             "a build folder belongs beside the drop, not inside it"}};
}

Status write_tree(const FileTree& files, const fs::path& folder) {
  for (const auto& [name, contents] : files) {
    const fs::path path = folder / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return Diagnostic{.code = Code::file_unwritable, .message = error.message(),
                                 .where = {.file = path.parent_path().string(), .node = {}, .op_type = {}, .value = {}}};
    MOTE_TRY_STATUS(write_new(path, contents));
  }
  return Ok{};
}

}  // namespace

Status write_drop(const FileTree& files, const std::string& folder) {
  fs::path target = fs::path(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  MOTE_TRY_STATUS(may_replace(target));
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(parent, error);

  std::string pattern = (parent / ("." + target.filename().string() + ".XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) return unwritable(folder, "no folder can be created beside it");
  Staging staging{pattern};
  chmod(pattern.c_str(), 0755);
  MOTE_TRY_STATUS(write_tree(files, staging.path));
  if (renameat2(AT_FDCWD, pattern.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) {
    staging.path.clear();
    return Ok{};
  }
  // The old drop ends up in the staging folder and is removed with it.
  if (errno == EEXIST && renameat2(AT_FDCWD, pattern.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return Ok{};
  return unwritable(folder, "cannot be put in place");
}

Status expect_writable(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    errno = EISDIR;
    return unwritable(path, "cannot be written");
  }
  const std::string staged = staged_name(path);
  const Status written = write_new(staged, {});
  if (!written) return named(written.error(), path);
  std::remove(staged.c_str());
  return Ok{};
}

Status write_file(const std::string& path, std::string_view contents) {
  const std::string staged = staged_name(path);
  if (auto written = write_new(staged, contents); !written || std::rename(staged.c_str(), path.c_str()) != 0) {
    const Diagnostic problem = written ? unwritable(path, "cannot be put in place") : named(written.error(), path);
    std::remove(staged.c_str());
    return problem;
  }
  return Ok{};
}

}  // namespace mote
