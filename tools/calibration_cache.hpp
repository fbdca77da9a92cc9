#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "passes/quantize/options.hpp"

namespace mote {

// Where calibration keeps its results between runs.
struct CacheOptions {
  std::string folder{};  // empty: $MOTE_CACHE_DIR, else mote below $XDG_CACHE_HOME, else below ~/.cache
  bool is_off = false;
};
void add_cache_options(CLI::App& app, CacheOptions& options);

// A folder with one file per key, at most 64 of them and 16 MiB each; the oldest make room. Files appear at once or not
// at all. A folder that cannot be written is no error: then nothing is kept. The cache's version is that of mote and the
// SHA-256 of the running program, so that a changed program never meets what an older one has left.
[[nodiscard]] CalibrationCache open_cache(const CacheOptions& options);

// The folder that the options and the environment mean; empty: no cache.
[[nodiscard]] std::string cache_folder(const CacheOptions& options);

}  // namespace mote
