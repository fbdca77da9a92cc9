#include <fstream>
#include <sstream>

#include "tests/cli/mote_process.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string printed_by(const std::string& sample) {
  const auto result = run_process({"env", "MOTE=" MOTE_EXECUTABLE, "sh", "samples/run.sh", sample, MOTE_SCRATCH "/samples/" + sample});
  REQUIRE(result);
  INFO(result->standard_error);
  REQUIRE(result->status == 0);
  return result->standard_output;
}

}  // namespace

TEST_CASE("the screening sample's main loop says what scikit-learn says of the same rows, or abstains") {
  CHECK(printed_by("screening") == contents("samples/screening/examples_expected.txt"));
}

TEST_CASE("the bearing sample's main loop computes the features and names the faults that training expects") {
  CHECK(printed_by("bearing") == contents("samples/bearing/recording_expected.txt"));
}
