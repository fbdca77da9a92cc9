// Integer models from outside: what the drop states about itself, and what `mote diagnose` says.
#include <nlohmann/json.hpp>

#include "lib/support/sha256.hpp"
#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::string images = "samples/digits/digits_test_images.npy[0:100]";

}  // namespace

TEST_CASE("an integer drop carries its certificate, hashed like every file, and shows it in its README") {
  const fs::path drop = compiled("certified", {"--quantize", "int8", "--calibration", images});
  const std::string text = contents(drop / "certificate.json");
  const auto certificate = nlohmann::json::parse(text);
  CHECK(certificate.at("overflow_possible") == false);
  CHECK(certificate.at("least_bits_left") >= 0);
  int products = 0;
  for (const auto& layer : certificate.at("layers")) {
    INFO(layer.dump());
    CHECK(layer.at("rounding").at("levels") >= (layer.at("operator") == "Clip" ? 0.0 : 0.5));
    CHECK(layer.at("scale") > 0.0);
    if (layer.at("operator") != "QuantizedConv2d" && layer.at("operator") != "QuantizedDense") continue;
    ++products;
    CHECK_FALSE(layer.at("name").get<std::string>().empty());
    CHECK(layer.at("accumulator").at("sum").at(0) < layer.at("accumulator").at("sum").at(1));
  }
  CHECK(products == 3);
  const auto& options = certificate.at("options");
  for (const char* option : {"equalization", "weight_rounding", "bias_correction"}) CHECK(options.contains(option));
  int rounded_weights = 0;
  for (const auto& option : options.items()) rounded_weights += option.key().starts_with("rounding of ") ? 1 : 0;
  CHECK(rounded_weights == 3);
  const auto manifest = nlohmann::json::parse(contents(drop / "manifest.json"));
  CHECK(manifest.at("files").at("certificate.json") == sha256(text));
  CHECK_THAT(contents(drop / "README.md"), Contains("## Integer certificate") && Contains("| QuantizedDense |"));
}

TEST_CASE("a float drop has no certificate") {
  const fs::path drop = compiled("uncertified", {});
  CHECK_FALSE(fs::exists(drop / "certificate.json"));
  CHECK_THAT(contents(drop / "README.md"), !Contains("certificate"));
}

TEST_CASE("mote diagnose lists every quantized value, the costliest first") {
  const auto result = mote_process({"diagnose", digits, "--calibration", images, "--samples", "20", "--format", "json"});
  REQUIRE(result.status == 0);
  const auto report = nlohmann::json::parse(result.standard_output).at("result");
  CHECK(report.at("samples") == 20);
  double before = -1e9;
  int weights = 0;
  for (const auto& part : report.at("parts")) {
    weights += part.at("kind") == "weights" ? 1 : 0;
    if (part.at("output_snr_alone_db").is_null()) continue;
    CHECK(part.at("output_snr_alone_db") >= before);
    before = part.at("output_snr_alone_db");
  }
  CHECK(weights == 3);
  const auto text = mote_process({"diagnose", digits, "--calibration", images});
  CHECK(text.status == 0);
  CHECK_THAT(text.standard_output, Contains("conv1.weight") && Contains("alone") && Contains("scores"));
}

TEST_CASE("mote diagnose without data says what it needs") {
  const auto result = mote_process({"diagnose", digits});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--calibration"));
}
