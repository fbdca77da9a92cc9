// The bundled sample's network made smaller, from the command line.
#include <filesystem>

#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> pruning(const fs::path& output, const std::string& macs) {
  return {"prune", digits, "--calibration", digit_images, "--rows", "0:250", "--macs", macs, "-o", output.string()};
}

}  // namespace

TEST_CASE("a pruned network is a model with less work and nearly the same answers", "[prune]") {
  const fs::path smaller = fresh("smaller.onnx"), again = fresh("smaller_again.onnx");
  const auto report = mote_json(pruning(smaller, "0.6"));
  const auto macs = report["result"]["macs"];
  CHECK(macs[1].get<double>() <= 0.6 * macs[0].get<double>());
  CHECK(accuracy_of(smaller) >= 0.93);
  REQUIRE(mote_process(pruning(again, "0.6")).status == 0);
  CHECK(contents(smaller) == contents(again));
}

TEST_CASE("pruning asks for a share that leaves something", "[prune]") {
  const auto result = mote_process(pruning(fresh("nothing.onnx"), "0"));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--macs"));
}
