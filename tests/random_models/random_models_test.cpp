// Random networks of all operators: the emitted code gives the interpreter's bits, whichever compiler builds it at
// whatever level, and the sanitizers find nothing. tests/README.md says how to run more of them.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include <catch2/catch.hpp>

#include "lib/support/text.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/random_models/check_cases.hpp"
#include "tools/process.hpp"

using namespace mote;
using namespace mote::random_models;

namespace {

constexpr std::uint64_t pack_size = 40;

struct Numbers {
  std::uint64_t first = 0, end = 2000;
};

// MOTE_RANDOM_MODELS=first:end names other numbers than those of every run.
Numbers chosen_numbers() {
  Numbers numbers;
  if (const char* text = std::getenv("MOTE_RANDOM_MODELS")) {
    char* rest = nullptr;
    numbers.first = std::strtoull(text, &rest, 10);
    REQUIRE(*rest == ':');
    numbers.end = std::strtoull(rest + 1, &rest, 10);
    REQUIRE((*rest == '\0' && numbers.first < numbers.end));
  }
  return numbers;
}

std::vector<Build> plain_builds() {
  std::vector<Build> builds;
  for (const char* compiler : {"g++", "clang++"})
    for (const char* level : {"-O0", "-O2", "-Os"}) builds.push_back({compiler, {level}});
  return builds;
}

Build sanitized_build() {
  return {"clang++", {"-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all", "-O0"}};
}

bool is_installed(const Build& build) {
  if (find_program(build.compiler)) return true;
  WARN("SKIPPED: " << build.compiler << " is not installed, so no random network was built with " << build.name());
  return false;
}

// Packs of cases and the builds that each goes through.
class Schedule {
 public:
  explicit Schedule(Numbers numbers) : numbers_(numbers) {}

  [[nodiscard]] std::uint64_t packs() const { return (numbers_.end - numbers_.first + pack_size - 1) / pack_size; }
  void add(std::uint64_t pack, const Build& build) {
    std::vector<std::uint64_t> cases;
    const std::uint64_t first = numbers_.first + pack * pack_size;
    for (std::uint64_t i = first; i < std::min(first + pack_size, numbers_.end); ++i) cases.push_back(i);
    totals_[build.name()] += cases.size();
    jobs_.push_back([cases, build] {
      const std::string problem = check_cases(cases, *find_target("host"), [&](std::span<const CompiledCase> compiled) {
        return problem_on_host(compiled, build);
      });
      return problem.empty() ? "" : build.name() + ":\n" + problem;
    });
  }
  void run() {
    for (const std::string& problem : test::run_all(jobs_)) FAIL_CHECK(problem);
    for (const auto& [build, count] : totals_)
      std::printf("%s: %d random networks\n", build.c_str(), static_cast<int>(count));
  }
  [[nodiscard]] std::uint64_t fewest() const {
    return std::ranges::min_element(totals_, {}, [](const auto& total) { return total.second; })->second;
  }

 private:
  Numbers numbers_;
  std::vector<std::function<std::string()>> jobs_{};
  std::map<std::string, std::uint64_t> totals_{};
};

}  // namespace

TEST_CASE("two thousand random networks give the interpreter's bits, the builds taking turns") {
  const Numbers numbers = chosen_numbers();
  std::vector<Build> builds = plain_builds();
  std::erase_if(builds, [](const Build& build) { return !is_installed(build); });
  REQUIRE_FALSE(builds.empty());
  Schedule schedule(numbers);
  for (std::uint64_t pack = 0; pack < schedule.packs(); ++pack)
    schedule.add(pack, builds[static_cast<std::size_t>(pack) % builds.size()]);
  const Build sanitized = sanitized_build();
  if (is_installed(sanitized))
    for (std::uint64_t pack = 0; pack < schedule.packs(); pack += 10) schedule.add(pack, sanitized);
  schedule.run();
}

TEST_CASE("random networks give the interpreter's bits from every build", "[.full]") {
  Schedule schedule(chosen_numbers());
  std::vector<Build> builds = plain_builds();
  builds.push_back(sanitized_build());
  for (const Build& build : builds)
    if (is_installed(build))
      for (std::uint64_t pack = 0; pack < schedule.packs(); ++pack) schedule.add(pack, build);
  schedule.run();
}
