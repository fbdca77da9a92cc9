#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/support/result.hpp"
#include "tools/emulator_boards.hpp"

namespace mote {

// A C or C++ program that defines `int main(void)` and writes with `extern "C" void mote_selftest_write(const char*)`.
// It has no heap, no static initialisers, and of the C library only memcpy, memset and memmove.
struct BoardProgram {
  std::vector<std::filesystem::path> sources{}, include_dirs{};
  std::vector<std::string> flags{};  // "-O2", "-std=c++14", "-DNAME=value", …
};

struct EmulatorRun {
  std::string output{};  // what the program wrote
  int exit_code = 0;     // what main returned, modulo 256; 120 after a processor fault, which `output` then tells
  // Stack of main and all it called, in bytes, as painting shows it (tools/emulators/stack_use.hpp); 2^32 - 1 when it
  // grew through everything there was, nothing after a fault.
  std::optional<std::int64_t> stack_bytes{};
};

// The compiler or emulator of the board that is not installed; empty when all is there.
[[nodiscard]] std::string missing_tool(const Board& board);

// Compiles and links the program with the board's start-up code into `image`.
// Code::tool_missing without the compiler, Code::drop_build_failed with what the compiler said.
[[nodiscard]] Status build_for_board(const Board& board, const BoardProgram& program,
                                     const std::filesystem::path& image);

// Runs an image. Code::tool_missing without the emulator, Code::emulation_failed when the program does not come to its
// end within the time, or writes more than 4 MiB.
[[nodiscard]] Result<EmulatorRun> run_image(const Board& board, const std::filesystem::path& image,
                                            std::chrono::milliseconds timeout);

// Both, in a temporary folder that is gone afterwards.
[[nodiscard]] Result<EmulatorRun> run_on_board(const Board& board, const BoardProgram& program,
                                               std::chrono::milliseconds timeout);

}  // namespace mote
