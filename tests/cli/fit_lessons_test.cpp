// Networks that learn from the model while they are fitted: with weights of 4 bits, and until Ctrl-C.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "tests/cli/fit_run.hpp"

using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

// A child of this process, its output in a file.
pid_t started(const std::vector<std::string>& arguments, const fs::path& log) {
  const pid_t child = fork();
  if (child != 0) return child;
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0) _exit(126);
  std::vector<char*> pointers{const_cast<char*>(MOTE_EXECUTABLE)};
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  execv(MOTE_EXECUTABLE, pointers.data());
  _exit(127);
}

bool shows(const fs::path& log, const std::string& text) {
  for (int tenths = 0; tenths < 1200; ++tenths) {
    if (contents(log).find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

}  // namespace

TEST_CASE("weights of 4 bits learn with their levels, and the recipe compiles to what was measured", "[fit]") {
  for (const char* interface : {"float", "int8"}) {
    INFO(interface);
    const fs::path output = fresh("fit-levels");
    const auto json = mote_json(fit(output, {"--flash", "2000", "--distill", "40", "--io", interface}));
    REQUIRE(json["exit_code"] == 0);
    const auto& networks = json["result"]["networks"];
    const auto has_learned = [](const auto& network) {
      return network["network"].template get<std::string>().ends_with("behind 40 epochs");
    };
    CHECK(std::ranges::count_if(networks, has_learned) == 2);
    // Behind the network with the best weights of 4 bits comes what it became.
    const auto has_levels = [](const auto& network) {
      return network["network"].template get<std::string>().find("with levels") != std::string::npos;
    };
    const auto levels = std::ranges::find_if(networks, has_levels);
    REQUIRE(levels != networks.end());
    const auto& before = *std::prev(levels);
    CHECK_THAT((*levels)["network"].get<std::string>(), Contains("weights of 4 bits"));
    CHECK((*levels)["int4_weights"] == before["int4_weights"]);
    CHECK((*levels)["flash_bytes"] == before["flash_bytes"]);
    CHECK((*levels)["ram_bytes"] == before["ram_bytes"]);
    CHECK((*levels)["metrics"] != before["metrics"]);
    check_sources(json, manifest_of_recipe(output, "fit-levels-drop"));
  }
}

TEST_CASE("Ctrl-C in the lessons ends the search with the best so far, and the recipe is written", "[fit]") {
  const fs::path output = fresh("fit-interrupted"), log = fresh("fit-interrupted.log");
  auto arguments = fit(output, {"--ram", "400", "--distill", "100000"});
  arguments.push_back("-v");
  const pid_t child = started(arguments, log);
  REQUIRE(child > 0);
  const bool learns = shows(log, "epoch 2/100000");
  kill(child, learns ? SIGINT : SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  INFO(contents(log));
  REQUIRE(learns);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK_THAT(contents(log), Contains(" epochs, interrupted"));
  manifest_of_recipe(output, "fit-interrupted-drop");
}
