#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/process.hpp"

// Runs the mote executable as a user would, with a cache of the tests' own.
namespace mote::test {

inline ProcessResult mote_process(std::vector<std::string> arguments) {
  setenv("MOTE_CACHE_DIR", MOTE_SCRATCH "/cache", 0);
  arguments.insert(arguments.begin(), MOTE_EXECUTABLE);
  const auto result = run_process(arguments);
  REQUIRE(result);
  REQUIRE(result->end == ProcessEnd::exited);
  return *result;
}

inline nlohmann::json mote_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  return nlohmann::json::parse(mote_process(std::move(arguments)).standard_output);
}

}  // namespace mote::test
