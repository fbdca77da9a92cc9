#include "lib/target/target_reader.hpp"

#include <catch2/catch.hpp>

using namespace mote;

namespace {

const std::string head = R"(name = "board"
description = "a board"
core = "cortex-m4"
isa = "armv7e-m"
clock_hz = 120_000_000
)";
const std::string cpu = "[cpu]\nfpu = \"single\"\ndsp = true\nmve = false\nalignment_bytes = 4\n";
const std::string sram = "[[memory]]\nname = \"sram\"\nkind = \"ram\"\norigin = 0x20000000\nbytes = 4096\n";
const std::string flash = "[[memory]]\nname = \"flash\"\nkind = \"flash\"\norigin = 0\nbytes = 65536\n";
const std::string compiler = "[compiler]\nprefix = \"arm-none-eabi-\"\nflags = [\"-mthumb\"]\n";

const std::string complete = head + cpu + sram + flash + compiler;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

// All messages of a description that must be refused.
std::vector<std::string> complaints(const std::string& text) {
  const Result<Target> target = parse_target(text, "board.toml");
  REQUIRE_FALSE(target);
  std::vector<std::string> messages;
  for (const Diagnostic& found : target.errors()) {
    CHECK(found.code == Code::malformed_target);
    CHECK(found.where.file == "board.toml");
    messages.push_back(found.message);
  }
  return messages;
}

}  // namespace

TEST_CASE("a complete description becomes plain data") {
  const Result<Target> target = parse_target(
      replaced(complete, "bytes = 4096\n", "bytes = 4096\nreserved_bytes = 1024\nsection = \".fast\"\narena = true\n") +
          "[emulator]\nboard = \"cortex-m4\"\n",
      "board.toml");
  REQUIRE(target);
  CHECK(target->name == "board");
  CHECK(target->aliases.empty());
  CHECK(target->isa == "armv7e-m");
  CHECK(target->clock_hz == 120'000'000);
  CHECK(target->cpu.fpu == Fpu::single_precision);
  CHECK(target->cpu.dsp);
  CHECK_FALSE(target->cpu.mve);
  CHECK(target->cpu.alignment_bytes == 4);
  REQUIRE(target->memory.size() == 2);
  CHECK(target->arena().name == "sram");
  CHECK(target->arena().origin == 0x20000000);
  CHECK(target->arena().usable_bytes() == 3072);
  CHECK(target->arena().section == ".fast");
  CHECK(target->weights().name == "flash");
  CHECK(target->compiler.prefix == "arm-none-eabi-");
  CHECK(target->compiler.flags == std::vector<std::string>{"-mthumb"});
  CHECK(target->emulator_board == "cortex-m4");
}

TEST_CASE("a sole region of its kind needs no mark") {
  const Result<Target> target = parse_target(complete, "board.toml");
  REQUIRE(target);
  CHECK(target->arena().name == "sram");
  CHECK(target->weights().name == "flash");
  CHECK(target->emulator_board.empty());
}

TEST_CASE("what is not TOML is refused at its line") {
  CHECK(complaints("name = \"board\"\ncore = = 1\n").front().starts_with("line 2: "));
}

TEST_CASE("a missing key is named with its table's line") {
  CHECK(complaints(replaced(complete, "core = \"cortex-m4\"\n", "")) ==
        std::vector<std::string>{"line 1: core is missing, must be text"});
  CHECK(complaints(replaced(complete, "fpu = \"single\"\n", "")) ==
        std::vector<std::string>{"line 6: cpu.fpu is missing, must be one of 'none', 'single', 'double'"});
  CHECK(complaints(replaced(complete, cpu, "")) == std::vector<std::string>{"line 1: cpu is missing, must be a table"});
}

TEST_CASE("an unknown key is named with its line and the nearest known one") {
  const Result<Target> target =
      parse_target(replaced(complete, "bytes = 4096", "bytes = 4096\nsectoin = \".x\""), "board.toml");
  REQUIRE_FALSE(target);
  CHECK(target.error().message == "line 16: unknown key memory.\"sectoin\"");
  CHECK(target.error().help == std::vector<std::string>{"did you mean 'section'?"});
}

TEST_CASE("values of another type are refused") {
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = \"4k\"")) ==
        std::vector<std::string>{"line 15: memory.bytes is text, must be an integer"});
  CHECK(complaints(replaced(complete, "dsp = true", "dsp = 1")) ==
        std::vector<std::string>{"line 8: cpu.dsp is an integer, must be true or false"});
  CHECK(complaints(replaced(complete, "[\"-mthumb\"]", "\"-mthumb\"")) ==
        std::vector<std::string>{"line 23: compiler.flags is text, must be a list of text"});
  CHECK(complaints(replaced(complete, "[\"-mthumb\"]", "[3]")) ==
        std::vector<std::string>{"line 23: compiler.flags contains an integer, must be a list of text"});
  CHECK(complaints(replaced(complete, "\"armv7e-m\"", "\"armv9\""))
            .front()
            .starts_with("line 4: isa is \"armv9\", must be one of 'armv6-m', "));
  CHECK(complaints(head + "cpu = 3\nmemory = 3\n" + compiler) ==
        std::vector<std::string>{"line 6: cpu is an integer, must be a table",
                                 "line 7: memory is an integer, must be a list of tables"});
}

TEST_CASE("sizes must be positive and reserves fit their region") {
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = 0")) ==
        std::vector<std::string>{"line 15: memory.bytes is 0, must be 1..1099511627776"});
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = -1")) ==
        std::vector<std::string>{"line 15: memory.bytes is -1, must be 1..1099511627776"});
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = 4096\nreserved_bytes = 4097")) ==
        std::vector<std::string>{"line 16: memory.reserved_bytes is 4097, must be 0..4096"});
  CHECK(complaints(replaced(complete, "alignment_bytes = 4", "alignment_bytes = 12")) ==
        std::vector<std::string>{"line 10: cpu.alignment_bytes is 12, must be a power of two"});
  CHECK(complaints(replaced(complete, "120_000_000", "0")) ==
        std::vector<std::string>{"line 5: clock_hz is 0, must be 1..100000000000"});
}

TEST_CASE("regions must not share an address or a name") {
  CHECK(complaints(replaced(complete, "origin = 0\nbytes = 65536", "origin = 0x20000FFF\nbytes = 1")) ==
        std::vector<std::string>{"line 16: memory region 'flash' overlaps 'sram'"});
  CHECK(complaints(replaced(complete, "name = \"flash\"", "name = \"sram\"")) ==
        std::vector<std::string>{"line 16: two memory regions are named 'sram'"});
  CHECK(parse_target(replaced(complete, "origin = 0\nbytes = 65536", "origin = 0x20001000\nbytes = 1"), "adjacent"));
}

TEST_CASE("exactly one region takes the arena and one the weights") {
  const std::string second = "[[memory]]\nname = \"sram2\"\nkind = \"ram\"\norigin = 0x30000000\nbytes = 16\n";
  CHECK(complaints(complete + second) ==
        std::vector<std::string>{"line 11: none of the 2 RAM regions says 'arena = true', one must"});
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = 4096\narena = true") + second + "arena = true\n") ==
        std::vector<std::string>{"line 25: 2 memory regions say 'arena = true', one must"});
  const Result<Target> marked = parse_target(complete + second + "arena = true\n", "board.toml");
  REQUIRE(marked);
  CHECK(marked->arena().name == "sram2");
}

TEST_CASE("marks belong to regions of their kind, and both kinds must exist") {
  CHECK(complaints(replaced(complete, "bytes = 65536", "bytes = 65536\narena = true")) ==
        std::vector<std::string>{"line 21: memory.arena marks a flash region, must mark RAM"});
  CHECK(complaints(replaced(complete, "bytes = 4096", "bytes = 4096\nweights = true")) ==
        std::vector<std::string>{"line 16: memory.weights marks RAM, must mark a flash region"});
  CHECK(complaints(head + cpu + sram + compiler) ==
        std::vector<std::string>{"line 1: no [[memory]] region is of kind flash, at least one must be"});
}

TEST_CASE("all problems of a file are reported at once") { CHECK(complaints("name = 3\n[extra]\n").size() == 9); }

TEST_CASE("a list of regions beyond the limit is refused, not read") {
  std::string many = head + cpu + compiler;
  for (int i = 0; i < 65; ++i) {
    many += "[[memory]]\nname = \"r" + std::to_string(i) + "\"\nkind = \"ram\"\norigin = " + std::to_string(i) +
            "\nbytes = 1\n";
  }
  CHECK(complaints(many) == std::vector<std::string>{"line 14: memory has 65 entries, at most 64 are read"});
}

TEST_CASE("hostile files end in a diagnostic") {
  CHECK_FALSE(parse_target("a = " + std::string(100'000, '['), "deep"));
  CHECK_FALSE(parse_target("a = \"\xff\xfe\"", "not UTF-8"));
  CHECK_FALSE(parse_target("clock_hz = 99999999999999999999", "overflow"));
  CHECK_FALSE(parse_target(std::string_view("name = \"x\"\0", 12), "zero byte"));
  CHECK_FALSE(parse_target("", "empty"));
}
