#pragma once
#include <optional>
#include <string_view>

#include "tools/emulator.hpp"

namespace mote {

// Reads the console lines of tools/emulators/avr_console.cpp out of all that simavr printed. A line counts from its
// first ':' or '=' directly after simavr's colour code; other lines are simavr's own. Empty when no exit code came.
[[nodiscard]] std::optional<EmulatorRun> decode_hex_lines(std::string_view printed);

// Moves the report that ends the output of a program (tools/emulators/stack_use.hpp) to `stack_bytes`.
[[nodiscard]] EmulatorRun with_stack_use(EmulatorRun run);

}  // namespace mote
