#pragma once
#include <string_view>

namespace mote {

// What mote is doing, on stderr, without timestamps. Diagnostics and results never go through the log.
enum class LogLevel { quiet, normal, verbose };
void set_log_level(LogLevel level);
void log_step(std::string_view text);    // shown at `normal`
void log_detail(std::string_view text);  // shown at `verbose`

}  // namespace mote
