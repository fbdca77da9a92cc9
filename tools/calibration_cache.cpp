#include "tools/calibration_cache.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "lib/ir/array_file.hpp"
#include "lib/support/log.hpp"
#include "lib/support/sha256.hpp"
#include "tools/file_tree.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 64;
constexpr std::int64_t most_bytes = std::int64_t{16} << 20;
constexpr const char* ending = ".calibration";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string program_version() {
  const auto program = read_file("/proc/self/exe");
  return "mote " MOTE_VERSION + (program ? " " + sha256(*program) : std::string());
}

std::optional<std::string> load(const fs::path& file) {
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found || error) return std::nullopt;
  const auto bytes = read_file(file.string(), most_bytes);
  if (!bytes) return std::string();  // there, but no file of ours: the reader says so
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

// The oldest files beyond the limit; another process may remove them at the same time.
void make_room(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ending && entry->is_regular_file(error))
      files.emplace_back(entry->last_write_time(error), entry->path());
  if (files.size() <= most_files) return;
  std::ranges::sort(files);
  for (std::size_t i = 0; i < files.size() - most_files; ++i) fs::remove(files[i].second, error);
}

void store(const fs::path& folder, const std::string& key, const std::string& text) {
  if (std::ssize(text) > most_bytes) return;
  std::error_code error;
  fs::create_directories(folder, error);
  const Status written = write_file((folder / (key + ending)).string(), text);
  if (!written) log_detail("the cache in " + folder.string() + " cannot be written: " + written.error().message);
  if (written) make_room(folder);
}

}  // namespace

void add_cache_options(CLI::App& app, CacheOptions& options) {
  CLI::Option* folder = app.add_option("--cache", options.folder,
                                       "folder that keeps what calibration finds for the next run (default: "
                                       "$MOTE_CACHE_DIR, else ~/.cache/mote)");
  app.add_flag("--no-cache", options.is_off, "calibrate anew and keep nothing")->excludes(folder);
}

std::string cache_folder(const CacheOptions& options) {
  if (options.is_off) return {};
  if (!options.folder.empty()) return options.folder;
  if (const std::string own = variable("MOTE_CACHE_DIR"); !own.empty()) return own;
  // A relative path there is to be ignored (XDG Base Directory Specification).
  if (const fs::path xdg = variable("XDG_CACHE_HOME"); xdg.is_absolute()) return (xdg / "mote").string();
  if (const fs::path home = variable("HOME"); home.is_absolute()) return (home / ".cache" / "mote").string();
  return {};
}

CalibrationCache open_cache(const CacheOptions& options) {
  const fs::path folder = cache_folder(options);
  if (folder.empty()) return {};
  return {.load = [folder](const std::string& key) { return load(folder / (key + ending)); },
          .store = [folder](const std::string& key, const std::string& text) { store(folder, key, text); },
          .version = program_version()};
}

}  // namespace mote
