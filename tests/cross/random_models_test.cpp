// Random networks of all operators on emulated processors: the bits of the host's interpreter. Many to an image.
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/random_models/check_cases.hpp"
#include "tools/emulator.hpp"

using namespace mote;
using namespace mote::random_models;

namespace {

// Numbers that the host's test does not build.
constexpr std::uint64_t first_number = 1'000'000;
constexpr std::size_t count = 50;

void check_random_models(const char* target_name) {
  const auto target = find_target(target_name);
  REQUIRE(target);
  const auto board = board_for(*target);
  REQUIRE(board);
  if (const std::string missing = missing_tool(*board); !missing.empty()) {
    WARN("SKIPPED: random networks on " << board->name << ": " << missing << " is not installed");
    return;
  }
  std::vector<std::uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first_number);
  CHECK(check_cases(numbers, *target,
                    [&](std::span<const CompiledCase> cases) { return problem_on_board(cases, *board); }) == "");
}

}  // namespace

TEST_CASE("random networks give the interpreter's bits on a Cortex-M0") { check_random_models("nrf51822"); }
TEST_CASE("random networks give the interpreter's bits on a Cortex-M4") { check_random_models("nucleo-l4r5zi"); }
TEST_CASE("random networks give the interpreter's bits on a Cortex-M55") { check_random_models("corstone-300"); }
TEST_CASE("random networks give the interpreter's bits on RV32") { check_random_models("gd32vf103cb"); }
