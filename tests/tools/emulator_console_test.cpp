#include "tools/emulator_console.hpp"

#include <catch2/catch.hpp>

using namespace mote;

namespace {

std::string line(const std::string& text) { return "\x1b[32m" + text + ".\n\x1b[0m"; }

}  // namespace

TEST_CASE("bytes of all lines are joined until the exit code") {
  const auto run = decode_hex_lines(line(":68656c") + line(":6c6f0a") + line("=07"));
  REQUIRE(run);
  CHECK(run->output == "hello\n");
  CHECK(run->exit_code == 7);
}

TEST_CASE("the emulator's own messages are no output") {
  const auto run = decode_hex_lines("Loaded 342 .text\n:41=00\n" + line(":42") + "noise\n" + line("=ff"));
  REQUIRE(run);
  CHECK(run->output == "B");
  CHECK(run->exit_code == 255);
}

TEST_CASE("the report of the stack is taken from the end of the output") {
  const EmulatorRun run = with_stack_use({.output = "hello\n\x04" "000001f4", .exit_code = 7});
  CHECK(run.output == "hello\n");
  CHECK(run.exit_code == 7);
  CHECK(run.stack_bytes == 500);
}

TEST_CASE("output that ends otherwise reports no stack and stays as it is") {
  for (const std::string output : {"", "hello", "\x04" "1234567", "\x04" "0000z000", "000001f4"}) {
    const EmulatorRun run = with_stack_use({.output = output, .exit_code = 0});
    CHECK(run.output == output);
    CHECK_FALSE(run.stack_bytes);
  }
}

TEST_CASE("without an exit code there is no run") {
  CHECK_FALSE(decode_hex_lines(""));
  CHECK_FALSE(decode_hex_lines(line(":41")));
  CHECK_FALSE(decode_hex_lines(line(":41") + line("=")));
  CHECK_FALSE(decode_hex_lines("\x1b[32m"));
}
