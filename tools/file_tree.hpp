#pragma once
#include <string>

#include "codegen/emit.hpp"
#include "lib/support/result.hpp"

namespace mote {

// Writes a drop so that the folder appears at once or not at all: everything goes to a hidden folder beside it, is
// flushed, and is swapped in with one rename. An existing folder is replaced only when it is empty or an earlier drop
// (it has a manifest.json of mote's and no file that the manifest does not list).
// Errors: Code::file_unwritable, Code::output_exists.
[[nodiscard]] Status write_drop(const FileTree& files, const std::string& folder);

// That a file can be written there, asked before long work. Code::file_unwritable.
[[nodiscard]] Status expect_writable(const std::string& path);

// One file, likewise at once: written beside and renamed over.
[[nodiscard]] Status write_file(const std::string& path, std::string_view contents);

}  // namespace mote
