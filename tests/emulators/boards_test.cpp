#include <string>

#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emulators/programs/float_bits.hpp"
#include "tools/emulator.hpp"

using namespace mote;
using namespace std::chrono_literals;

namespace {

const std::string programs = "tests/emulators/programs/";
const std::vector<std::string> strict{"-std=c++14", "-O2",          "-ffp-contract=off", "-Wall",    "-Wextra",
                                      "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wold-style-cast",
                                      "-Werror"};

// The boards whose tools are here; the others are named, so that a skip is never silent.
std::vector<Board> installed_boards() {
  std::vector<Board> boards;
  for (const Board& board : all_boards()) {
    const std::string missing = missing_tool(board);
    if (missing.empty()) {
      boards.push_back(board);
    } else {
      WARN("SKIPPED board " << board.name << ": " << missing << " not found");
    }
  }
  return boards;
}

bool is_avr(const Board& board) { return board.console == BoardConsole::hex_lines; }

BoardProgram behaving(const std::string& behaviour, std::vector<std::string> flags = strict) {
  flags.push_back("-DBEHAVIOUR=" + behaviour);
  return {.sources = {programs + "behaviour.cpp"}, .include_dirs = {}, .flags = flags};
}

EmulatorRun run(const Board& board, const BoardProgram& program) {
  Result<EmulatorRun> result = run_on_board(board, program, 60s);
  if (!result) {
    std::string help;
    for (const std::string& line : result.error().help) help += "\n" + line;
    FAIL(board.name << ": " << result.error().message << help);
  }
  return *result;
}

Diagnostic failure(const Board& board, const BoardProgram& program, std::chrono::milliseconds timeout = 60s) {
  Result<EmulatorRun> result = run_on_board(board, program, timeout);
  REQUIRE_FALSE(result);
  return result.error();
}

std::string host_bits() {
  static std::string text;
  text.clear();
  float_bits::write_all([](const char* more) { text += more; });
  return text;
}

}  // namespace

TEST_CASE("every board computes the bits that the host computes") {
  for (const char* level : {"-O0", "-O2", "-O3", "-Os"}) {
    for (const Board& board : installed_boards()) {
      INFO(board.name << " " << level);
      std::vector<std::string> flags = strict;
      flags.push_back(level);
      const EmulatorRun result =
          run(board, {.sources = {programs + "float_bits.cpp"}, .include_dirs = {programs}, .flags = flags});
      CHECK(result.exit_code == 0);
      CHECK(result.output == host_bits());
    }
  }
}

TEST_CASE("every board reports what main returned") {
  for (const Board& board : installed_boards()) {
    INFO(board.name);
    const EmulatorRun result = run(board, behaving("RETURNS_42"));
    CHECK(result.exit_code == 42);
    CHECK(result.output.empty());
  }
}

TEST_CASE("every board starts with zeroed and initialised memory") {
  for (const Board& board : installed_boards()) {
    INFO(board.name);
    CHECK(run(board, behaving("MEMORY")).exit_code == 0);
  }
}

TEST_CASE("every console carries every byte") {
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (const Board& board : installed_boards()) {
    INFO(board.name);
    CHECK(run(board, behaving("ALL_BYTES")).output == bytes + bytes);
  }
}

TEST_CASE("a processor fault ends the run and is told") {
  for (const Board& board : installed_boards()) {
    if (is_avr(board)) continue;  // AVR has no faults
    INFO(board.name);
    const EmulatorRun result = run(board, behaving("UNDEFINED_INSTRUCTION"));
    CHECK(result.exit_code == 120);
    CHECK(result.output.starts_with("\nprocessor "));
  }
}

TEST_CASE("an unaligned read faults where the part faults") {
  for (const Board& board : installed_boards()) {
    INFO(board.name);
    if (board.name == "cortex-m0") CHECK(run(board, behaving("UNALIGNED_READ")).exit_code == 120);
    if (board.name == "cortex-m4") CHECK(run(board, behaving("UNALIGNED_READ")).exit_code == 0);
  }
}

TEST_CASE("every board measures how much stack a program used") {
  for (const Board& board : installed_boards()) {
    INFO(board.name);
    for (const std::int64_t bytes : {200, 700}) {
      std::vector<std::string> flags = strict;
      flags.push_back("-DSTACK_BYTES=" + std::to_string(bytes));
      const EmulatorRun result = run(board, behaving("USES_STACK", flags));
      CHECK(result.exit_code == 1);
      REQUIRE(result.stack_bytes);
      CHECK(*result.stack_bytes >= bytes);
      CHECK(*result.stack_bytes < bytes + 150);  // main, start-up and the frame of the report
    }
  }
}

TEST_CASE("a stack that grew through everything that is watched is more than any bound") {
  std::vector<std::string> flags = strict;
  flags.push_back("-DSTACK_BYTES=64000");
  for (const Board& board : installed_boards()) {
    if (is_avr(board)) continue;  // nothing lies below the data of an AVR: the program would not survive
    INFO(board.name);
    CHECK(run(board, behaving("USES_STACK", flags)).stack_bytes == 0xFFFFFFFF);
  }
}

TEST_CASE("a program that never ends is stopped at the time limit") {
  for (const Board& board : installed_boards()) {
    if (board.name != "cortex-m4" && board.name != "atmega2560") continue;
    const Diagnostic why = failure(board, behaving("ENDLESS"), 700ms);
    CHECK(why.code == Code::emulation_failed);
    CHECK(why.message == "the program on board " + board.name + " was still running after 700 ms");
  }
}

TEST_CASE("a program that floods the console is stopped") {
  for (const Board& board : installed_boards()) {
    if (board.name != "cortex-m4") continue;
    const Diagnostic why = failure(board, behaving("FLOOD"));
    CHECK(why.code == Code::emulation_failed);
    CHECK(why.message == "the program on board cortex-m4 wrote more output than is read");
  }
}

TEST_CASE("a program that does not compile is refused with the compiler's words") {
  for (const Board& board : installed_boards()) {
    if (board.name != "cortex-m4") continue;
    const Diagnostic why = failure(board, behaving("0"));
    CHECK(why.code == Code::drop_build_failed);
    CHECK(why.message == "arm-none-eabi-gcc for board cortex-m4 ended with status 1");
    REQUIRE_FALSE(why.help.empty());
    CHECK(why.help[0].find("behaviour.cpp") != std::string::npos);
  }
}

TEST_CASE("a static initialiser, which would never run, is refused") {
  for (const Board& board : installed_boards()) {
    if (is_avr(board)) continue;  // avr-libc's start-up runs them
    INFO(board.name);
    const Diagnostic why = failure(board, behaving("STATIC_INITIALISER"));
    CHECK(why.code == Code::drop_build_failed);
    REQUIRE_FALSE(why.help.empty());
    CHECK(why.help[0].find("static initialisers would never run") != std::string::npos);
  }
}

TEST_CASE("every target with a board runs there, compiled with its own flags") {
  for (const std::string& name : all_target_names()) {
    const Target target = *find_target(name);
    if (target.emulator_board.empty()) continue;
    INFO(name);
    const std::optional<Board> board = board_for(target);
    REQUIRE(board);
    CHECK(board->core_flags == target.compiler.flags);
    if (const std::string missing = missing_tool(*board); !missing.empty()) {
      WARN("SKIPPED target " << name << ": " << missing << " not found");
      continue;
    }
    CHECK(run(*board, behaving("RETURNS_42")).exit_code == 42);
  }
}

TEST_CASE("a target without a board has none") {
  CHECK_FALSE(board_for(*find_target("esp32")));
  CHECK_FALSE(board_for(*find_target("host")));
}

TEST_CASE("a board whose tools are not installed is skipped by name") {
  Board board = *find_board("cortex-m4");
  board.compiler = "no-such-compiler-gcc";
  CHECK(failure(board, behaving("RETURNS_42")).message ==
        "board cortex-m4 is skipped: no-such-compiler-gcc is not installed");
  CHECK(failure(board, behaving("RETURNS_42")).code == Code::tool_missing);
  board = *find_board("cortex-m4");
  board.run.front() = "no-such-emulator";
  CHECK(missing_tool(board) ==
        (missing_tool(*find_board("cortex-m4")) == board.compiler ? board.compiler : "no-such-emulator"));
  CHECK(run_image(board, "image.elf", 1s).error().message ==
        "board cortex-m4 is skipped: no-such-emulator is not installed");
}
