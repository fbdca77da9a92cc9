#include "lib/target/target_catalog.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "lib/target/part_files.hpp"
#include "lib/target/target_reader.hpp"

using namespace mote;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  REQUIRE(stream);
  return text.str();
}

Target target_named(const std::string& name) {
  const Result<Target> target = find_target(name);
  REQUIRE(target);
  return *target;
}

// Every number a data sheet states on its front page, by board name.
struct Expected {
  const char* name;
  const char* core;
  std::int64_t ram, flash, clock_mhz;
  TargetClass kind;
};
constexpr std::int64_t kib = 1024;

}  // namespace

TEST_CASE("the embedded descriptions are the files, byte for byte") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("lib/target/parts")) {
    const std::string name = entry.path().filename().string();
    const auto part =
        std::find_if(part_files().begin(), part_files().end(), [&](const PartFile& p) { return p.name == name; });
    INFO(name);
    REQUIRE(part != part_files().end());
    CHECK(part->text == read(entry.path()));
    ++files;
  }
  CHECK(files == part_files().size());
}

TEST_CASE("every description is legal, named after its file, and shares no name with another") {
  std::vector<std::string> names;
  for (const PartFile& part : part_files()) {
    const Result<Target> target = parse_target(part.text, part.name);
    INFO((target ? std::string(part.name) : render(target.error())));
    REQUIRE(target);
    CHECK(target->name + ".toml" == part.name);
    CHECK(target->arena().usable_bytes() > 0);
    CHECK(target->weights().usable_bytes() > 0);
    names.push_back(target->name);
    names.insert(names.end(), target->aliases.begin(), target->aliases.end());
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("at least 25 parts are known, in alphabetical order") {
  const std::vector<std::string> names = all_target_names();
  CHECK(names.size() >= 25);
  CHECK(std::is_sorted(names.begin(), names.end()));
}

TEST_CASE("parts have the memory, clock and float unit of their data sheets") {
  const Expected parts[] = {
      {"nucleo-f030r8", "cortex-m0", 8 * kib, 64 * kib, 48, TargetClass::soft_float},
      {"nucleo-g071rb", "cortex-m0plus", 36 * kib, 128 * kib, 64, TargetClass::soft_float},
      {"stm32f411", "cortex-m4", 128 * kib, 512 * kib, 100, TargetClass::fpu},
      {"stm32f407", "cortex-m4", 192 * kib, 1024 * kib, 168, TargetClass::fpu},
      {"nucleo-l4r5zi", "cortex-m4", 640 * kib, 2048 * kib, 120, TargetClass::fpu},
      {"nucleo-u575zi", "cortex-m33", 784 * kib, 2048 * kib, 160, TargetClass::fpu},
      {"stm32f746", "cortex-m7", 336 * kib, 1024 * kib, 216, TargetClass::fpu},
      {"stm32h743", "cortex-m7", 1056 * kib, 2048 * kib, 480, TargetClass::fpu},
      {"stm32h7a3", "cortex-m7", 1376 * kib, 2048 * kib, 280, TargetClass::fpu},
      {"nrf52832", "cortex-m4", 64 * kib, 512 * kib, 64, TargetClass::fpu},
      {"nrf52840", "cortex-m4", 256 * kib, 1024 * kib, 64, TargetClass::fpu},
      {"nrf5340", "cortex-m33", 512 * kib, 1024 * kib, 128, TargetClass::fpu},
      {"pico", "cortex-m0plus", 264 * kib, 2048 * kib, 133, TargetClass::soft_float},
      {"pico2", "cortex-m33", 520 * kib, 4096 * kib, 150, TargetClass::fpu},
      {"arduino-zero", "cortex-m0plus", 32 * kib, 256 * kib, 48, TargetClass::soft_float},
      {"teensy41", "cortex-m7", 1024 * kib, 7936 * kib, 600, TargetClass::fpu},
      {"ra6m4", "cortex-m33", 256 * kib, 1024 * kib, 200, TargetClass::fpu},
      {"ra8d1", "cortex-m85", 1024 * kib, 2016 * kib, 480, TargetClass::fpu},
      {"gd32vf103", "rv32imac", 32 * kib, 128 * kib, 108, TargetClass::soft_float},
      {"ch32v203", "rv32imac", 20 * kib, 64 * kib, 144, TargetClass::soft_float},
      {"ch32v307", "rv32imafc", 64 * kib, 256 * kib, 144, TargetClass::fpu},
      {"arduino-uno", "avr5", 2 * kib, 32 * kib, 16, TargetClass::avr},
      {"atmega2560", "avr6", 8 * kib, 256 * kib, 16, TargetClass::avr},
  };
  for (const Expected& part : parts) {
    INFO(part.name);
    const Target target = target_named(part.name);
    CHECK(target.core == part.core);
    CHECK(ram_bytes(target) == part.ram);
    CHECK(flash_bytes(target) == part.flash);
    CHECK(target.clock_hz == part.clock_mhz * 1'000'000);
    CHECK(target_class(target) == part.kind);
  }
}

TEST_CASE("an alias finds the part") {
  CHECK(target_named("nucleo-l4r5zi").name == "stm32l4r5zi");
  CHECK(target_named("stm32l4r5zi").name == "stm32l4r5zi");
  CHECK(target_class(target_named("host")) == TargetClass::host_simd);
}

TEST_CASE("an unknown name is answered with the nearest ones") {
  const Result<Target> target = find_target("nucleo-l4r5zj");
  REQUIRE_FALSE(target);
  CHECK(target.error().code == Code::unknown_target);
  CHECK(target.error().message == "no target is named \"nucleo-l4r5zj\"");
  REQUIRE_FALSE(target.error().help.empty());
  CHECK(target.error().help.front() == "did you mean 'nucleo-l4r5zi'?");
}

TEST_CASE("--target takes a name or a path") {
  CHECK(load_target("pico2")->name == "rp2350");
  const Result<Target> file = load_target("lib/target/parts/rp2350.toml");
  REQUIRE(file);
  CHECK(file->name == "rp2350");
}

TEST_CASE("a path that cannot be read names the file") {
  for (const char* path : {"no/such/file.toml", "missing.toml", "lib/target/"}) {
    const Result<Target> target = load_target(path);
    REQUIRE_FALSE(target);
    CHECK(target.error().code == Code::file_unreadable);
    CHECK(target.error().where.file == path);
  }
}
