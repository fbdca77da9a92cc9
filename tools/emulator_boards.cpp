#include "tools/emulator_boards.hpp"

#include <algorithm>

namespace mote {

namespace {

using Words = std::vector<std::string>;

// The console goes to standard output, QEMU's own complaints stay on standard error.
const Words qemu_console{"-display",
                         "none",
                         "-monitor",
                         "none",
                         "-serial",
                         "none",
                         "-chardev",
                         "stdio,id=console,signal=off",
                         "-semihosting-config",
                         "enable=on,target=native,chardev=console",
                         "-kernel"};

const Words bare_flags{"-fno-exceptions",     "-fno-rtti",       "-fno-threadsafe-statics",
                       "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"};

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// Only memcpy, memset and memmove and the compiler's own arithmetic may come from libraries.
Board cortex_m(const char* name, const char* machine, const char* script, Words core_flags) {
  return {.name = name,
          .compiler = "arm-none-eabi-gcc",
          .core_flags = std::move(core_flags),
          .compile_flags = bare_flags + Words{"-nostartfiles", "-nodefaultlibs"},
          .link_flags = {"-Wl,--no-warn-rwx-segments", "-lc", "-lgcc"},
          .sources = {"arm_start.cpp", "arm_console.cpp"},
          .scripts = {script, "cortex_m.ld"},
          .run = Words{"qemu-system-arm", "-M", machine} + qemu_console,
          .console = BoardConsole::plain};
}

Board riscv(const char* name, Words core_flags) {
  return {.name = name,
          .compiler = "riscv64-unknown-elf-gcc",
          .core_flags = std::move(core_flags),
          .compile_flags = Words{"--specs=picolibc.specs"} + bare_flags + Words{"-nostartfiles", "-nodefaultlibs"},
          .link_flags = {"-Wl,--no-warn-rwx-segments", "-lc", "-lgcc"},
          .sources = {"riscv_start.cpp", "riscv_console.cpp"},
          .scripts = {"riscv_virt.ld"},
          .run = Words{"qemu-system-riscv32", "-M", "virt", "-bios", "none"} + qemu_console,
          .console = BoardConsole::plain};
}

// Start-up and linker script are those of the C library. For size, as programs of such parts are built: at -O2 GCC 5.4 now
// and then takes a branch of a long function for one word shorter than it is, which cannot be linked.
Board avr(const char* part) {
  return {.name = part,
          .compiler = "avr-gcc",
          .core_flags = {std::string("-mmcu=") + part},
          .compile_flags = bare_flags + Words{"-Os"},
          .link_flags = {},
          .sources = {"avr_console.cpp"},
          .scripts = {},
          .run = {"simavr", "-m", part, "-f", "16000000"},
          .console = BoardConsole::hex_lines};
}

std::vector<Board> make_boards() {
  return {
      // Armv6-M code runs unchanged on the Armv7-M board, which has the memory that QEMU's micro:bit lacks.
      cortex_m("cortex-m0", "mps2-an385", "mps2.ld", {"-mcpu=cortex-m0", "-mthumb", "-mfloat-abi=soft"}),
      cortex_m("cortex-m3", "mps2-an385", "mps2.ld", {"-mcpu=cortex-m3", "-mthumb", "-mfloat-abi=soft"}),
      cortex_m("cortex-m4", "mps2-an386", "mps2.ld",
               {"-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"}),
      cortex_m("cortex-m7", "mps2-an500", "mps2_an500.ld",
               {"-mcpu=cortex-m7", "-mthumb", "-mfpu=fpv5-d16", "-mfloat-abi=hard"}),
      cortex_m("cortex-m33", "mps2-an505", "mps2_an505.ld",
               {"-mcpu=cortex-m33", "-mthumb", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"}),
      cortex_m("cortex-m55", "mps3-an547", "mps3_an547.ld", {"-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"}),
      riscv("rv32", {"-march=rv32imac", "-mabi=ilp32"}),
      riscv("rv32f", {"-march=rv32imafc", "-mabi=ilp32f"}),
      avr("atmega328p"),
      avr("atmega2560"),
  };
}

}  // namespace

std::span<const Board> all_boards() {
  static const std::vector<Board> boards = make_boards();
  return boards;
}

const Board* find_board(std::string_view name) {
  const auto found = std::ranges::find(all_boards(), name, &Board::name);
  return found == all_boards().end() ? nullptr : &*found;
}

std::optional<Board> board_for(const Target& target) {
  const Board* found = find_board(target.emulator_board);
  if (found == nullptr) return std::nullopt;
  Board board = *found;
  board.core_flags = target.compiler.flags;
  return board;
}

}  // namespace mote
