#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lib/import/limits.hpp"

namespace mote {

// Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF (Unicode 15, table 3-7).
[[nodiscard]] bool is_utf8(std::string_view text);

// Why a name of the model cannot be used, if so. Names may hold any character but NUL: reports, comments and JSON carry
// them on, so that they must be text.
[[nodiscard]] std::optional<std::string> name_problem(std::string_view name, const ImportLimits& limits);

// A name as it may stand in a message, whatever its bytes: escaped and shortened.
[[nodiscard]] std::string shown(std::string_view name);  // in double quotes
[[nodiscard]] std::string plain(std::string_view name);  // without, for a Locus

}  // namespace mote
