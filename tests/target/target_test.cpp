#include "lib/target/target.hpp"

#include <catch2/catch.hpp>

using namespace mote;

namespace {

// Flash, RAM, flash, RAM: the chosen regions are not the first of their kind.
Target four_regions() {
  Target target;
  target.memory = {{.name = "boot", .kind = MemoryKind::flash, .origin = 0, .bytes = 100},
                   {.name = "small", .kind = MemoryKind::ram, .origin = 1000, .bytes = 20, .reserved_bytes = 4},
                   {.name = "flash", .kind = MemoryKind::flash, .origin = 2000, .bytes = 500, .reserved_bytes = 50},
                   {.name = "big", .kind = MemoryKind::ram, .origin = 3000, .bytes = 70, .reserved_bytes = 7}};
  target.arena_region = 3;
  target.weights_region = 2;
  return target;
}

}  // namespace

TEST_CASE("totals add up all regions of a kind, reserves included") {
  CHECK(ram_bytes(four_regions()) == 90);
  CHECK(flash_bytes(four_regions()) == 600);
}

TEST_CASE("with_ram leaves one RAM region, of exactly the budget") {
  const Result<Target> target = with_ram(four_regions(), 64);
  REQUIRE(target);
  CHECK(ram_bytes(*target) == 64);
  CHECK(flash_bytes(*target) == 600);
  CHECK(target->memory.size() == 3);
  CHECK(target->arena().name == "big");
  CHECK(target->arena().usable_bytes() == 64);
  CHECK(target->weights().name == "flash");
}

TEST_CASE("with_flash leaves one flash region, of exactly the budget") {
  const Result<Target> target = with_flash(four_regions(), 1000);
  REQUIRE(target);
  CHECK(flash_bytes(*target) == 1000);
  CHECK(ram_bytes(*target) == 90);
  CHECK(target->weights().name == "flash");
  CHECK(target->weights().usable_bytes() == 1000);
  CHECK(target->arena().name == "big");
}

TEST_CASE("a budget of nothing is wrong usage") {
  for (const std::int64_t bytes : {std::int64_t{0}, std::int64_t{-5}, (std::int64_t{1} << 40) + 1}) {
    const Result<Target> ram = with_ram(four_regions(), bytes);
    REQUIRE_FALSE(ram);
    CHECK(ram.error().code == Code::usage);
    CHECK(ram.error().message.starts_with("--ram is " + std::to_string(bytes)));
    CHECK_FALSE(with_flash(four_regions(), bytes));
  }
}

TEST_CASE("the class of a target follows its instruction set, then its FPU") {
  Target target;
  target.isa = "armv7e-m";
  CHECK(target_class(target) == TargetClass::soft_float);
  target.cpu.fpu = Fpu::single_precision;
  CHECK(target_class(target) == TargetClass::fpu);
  target.isa = "host";
  CHECK(target_class(target) == TargetClass::host_simd);
  target.isa = "avr";
  CHECK(target_class(target) == TargetClass::avr);
}
