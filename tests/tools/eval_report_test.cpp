// What `mote eval` prints where a model's own words stand in its tables.
#include "tools/eval_report.hpp"

#include <catch2/catch.hpp>

#include "tools/text_table.hpp"

using namespace mote;
using Catch::Contains;

namespace {

CandidateResult two_classes() {
  CandidateResult result{.name = "drop"};
  result.confusion = ConfusionMatrix{.classes = 2, .counts = {3, 1, 0, 4}};
  result.classes.resize(2);
  return result;
}

std::string report_with(const std::vector<std::string>& names) {
  const std::vector<CandidateResult> results{two_classes()};
  return evaluation_text(results, {.samples = 8, .first = 0, .labels = nullptr, .class_names = names});
}

}  // namespace

TEST_CASE("class names keep letters of every script and lose what steers a terminal") {
  CHECK_THAT(report_with({"gut", "b\xC3\xB6s"}), Contains("\n  b\xC3\xB6s "));
  const std::string text = report_with({"\x1B[31mred\x07", "next\nline\xC2\x9B"});
  CHECK_THAT(text, Contains("_[31mred_") && Contains("next_line_"));
  CHECK(text.find('\x1B') == std::string::npos);
}

TEST_CASE("columns are as wide as their characters, not their bytes") {
  CHECK(aligned({{"\xC3\xA4\xC3\xB6", "1"}, {"abc", "22"}}) == "  \xC3\xA4\xC3\xB6    1\n  abc  22\n");
}
