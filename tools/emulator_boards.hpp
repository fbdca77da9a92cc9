#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/target/target.hpp"

namespace mote {

// How the console of an emulated board reaches us.
enum class BoardConsole : std::uint8_t {
  plain,     // standard output carries it, the exit status is the program's
  hex_lines  // lines of hexadecimal among the emulator's own messages; see tools/emulators/avr_console.cpp
};

// An emulated machine and what it takes to build a program for it.
struct Board {
  std::string name{};                        // "cortex-m4"; what a target's [emulator] board names
  std::string compiler{};                    // the distribution's cross compiler, C and C++
  std::vector<std::string> core_flags{};     // core, FPU, ABI; a target's own flags take their place
  std::vector<std::string> compile_flags{};  // always, before the sources
  std::vector<std::string> link_flags{};     // always, after the sources
  std::vector<std::string> sources{};        // of tools/emulators: start-up and console
  std::vector<std::string> scripts{};  // of tools/emulators: linker scripts, the first is given to -T; may be none
  std::vector<std::string> run{};      // command line; the image's path follows
  BoardConsole console = BoardConsole::plain;
};

[[nodiscard]] std::span<const Board> all_boards();
[[nodiscard]] const Board* find_board(std::string_view name);  // null: no such board

// The board that stands in for a target, compiling with the target's own flags. Empty when none is known.
[[nodiscard]] std::optional<Board> board_for(const Target& target);

}  // namespace mote
