// Why a quantized network loses accuracy: on networks in which one value is made to.
#include "passes/quantize/diagnose/diagnose.hpp"

#include "tests/passes/outlier_network.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

Diagnosis diagnosed(const Graph& graph, const std::vector<std::string>& wide = {}) {
  const QuantizeOptions options{.samples = random_samples(graph, 64), .range = RangeMethod::mse, .wide = wide, .narrow = {"*"}};
  const Graph marked = calibrated(graph, options);
  auto diagnosis = diagnose(marked, run_quantizing({"fit-weights"}, marked, options), options.samples);
  REQUIRE(diagnosis);
  return *std::move(diagnosis);
}

const PartDiagnosis& part_named(const Diagnosis& diagnosis, std::string_view name) {
  const auto found = std::ranges::find(diagnosis.parts, name, [](const PartDiagnosis& part) { return part.part.name; });
  REQUIRE(found != diagnosis.parts.end());
  return *found;
}

PartDiagnosis noisy_activation(double low, double high) {
  PartDiagnosis part;
  part.part = {.kind = QuantizedPart::Kind::activation, .name = "h", .grid = activation_grid(low, high, 8)};
  part.output_alone = 12.0;
  part.low = low;
  part.high = part.second_reach = part.typical = high;
  return part;
}

}  // namespace

TEST_CASE("An activation with an outlier comes first, with the option that helps", "[diagnose]") {
  const Diagnosis diagnosis = diagnosed(with_outlier());
  REQUIRE(diagnosis.parts.size() == 5);  // x, w, h, v, y
  const PartDiagnosis& worst = diagnosis.parts.front();
  CHECK(worst.part.name == "h");
  CHECK(worst.layer == "first");
  CHECK_THAT(worst.hint, Contains("--int16 \"h\""));
  CHECK_THAT(worst.hint, Contains("outlier"));
  CHECK(*worst.output_alone + 10.0 < *diagnosis.parts[1].output_alone);
  // Everything but h rounded is nearly as good as nothing rounded at all.
  CHECK(*worst.output_without > *diagnosis.output + 10.0);

  const Diagnosis helped = diagnosed(with_outlier(), {"h"});
  CHECK(*helped.output > *diagnosis.output + 10.0);
  CHECK(helped.parts.front().part.name != "h");
  CHECK(part_named(helped, "h").hint.empty());
}

TEST_CASE("Channels that are 0 in every sample are counted", "[diagnose]") {
  const Diagnosis diagnosis = diagnosed(with_outlier());
  CHECK(part_named(diagnosis, "h").channels == 16);
  CHECK(part_named(diagnosis, "h").dead_channels >= 1);
  CHECK(part_named(diagnosis, "x").dead_channels == 0);
  CHECK(part_named(diagnosis, "w").dead_channels == 1);
}

TEST_CASE("A run with everything rounded is the marked graph, one with nothing the real graph", "[diagnose]") {
  const Graph graph = with_rounded_weights(with_outlier());
  const QuantizeOptions options{.samples = random_samples(graph, 8), .range = RangeMethod::mse, .narrow = {"*"}};
  const Graph marked = calibrated(graph, options);
  const SelectiveRun run(marked, marked);
  const std::vector<Tensor> inputs = random_inputs(graph, 99);
  const auto real = run.run(inputs, false), rounded = run.run(inputs, true);
  CHECK(real[*marked.outputs[0]].bytes == (*interpret(graph, inputs))[0].bytes);
  CHECK(rounded[*marked.outputs[0]].bytes == (*interpret(marked, inputs))[0].bytes);
  for (std::size_t part = 0; part < run.parts().size(); ++part) {
    INFO(run.parts()[part].name);
    const bool is_last = run.parts()[part].name == "y";
    // Weights that lie on levels round to themselves; the others differ, and only the last part's turn undoes itself.
    const bool is_weights = run.parts()[part].kind == QuantizedPart::Kind::weights;
    CHECK((run.outputs_with_toggled(real, false, part)[0].bytes == real[*marked.outputs[0]].bytes) == is_weights);
    if (is_last) {
      const ValueId before = marked.nodes[run.parts()[part].node].inputs[0];
      CHECK(run.outputs_with_toggled(rounded, true, part)[0].bytes == rounded[*before].bytes);
    }
  }
}

TEST_CASE("The weights of a run with everything rounded are those that fit-weights chose, with their bias", "[diagnose]") {
  const Graph graph = with_outlier();
  const QuantizeOptions options{.samples = random_samples(graph, 64), .range = RangeMethod::mse, .narrow = {"*"}};
  const Graph marked = calibrated(graph, options), fitted = run_quantizing({"fit-weights"}, marked, options);
  const SelectiveRun run(marked, fitted);
  const std::vector<Tensor> inputs = random_inputs(graph, 7);
  const auto real = run.run(inputs, false), rounded = run.run(inputs, true);
  CHECK(real[*marked.outputs[0]].bytes == (*interpret(graph, inputs))[0].bytes);
  // Fitting reaches at least one of the layers, and leaves weights on their levels.
  CHECK(rounded[*marked.outputs[0]].bytes != SelectiveRun(marked, marked).run(inputs, true)[*marked.outputs[0]].bytes);
  Graph on_levels = fitted;
  for (const QuantizedPart& part : run.parts())
    if (part.kind == QuantizedPart::Kind::weights)
      on_levels.at(fitted.nodes[part.node].inputs[1]).data =
          std::make_shared<const Bytes>(run.rounded_weights(part).bytes);
  CHECK(rounded[*marked.outputs[0]].bytes == (*interpret(on_levels, inputs))[0].bytes);
}

TEST_CASE("Both weights of a recurrent layer are parts of their own", "[diagnose]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[4x1x3]
constant @w : f32[1x8x3] = random 1
constant @r : f32[1x8x2] = random 2
constant @v : f32[2x2] = random 3
%s, %h, %c = LSTM(%x, @w, @r) {hidden_size=2} : f32[4x1x1x2], f32[1x1x2], f32[1x1x2]   // memory (LSTM)
%f = Reshape(%h) {shape=[1,2]} : f32[1x2]
%y = Dense(%f, @v) : f32[1x2]
output %y
)");
  const Diagnosis diagnosis = diagnosed(graph);
  for (const char* name : {"w", "r"}) {
    const PartDiagnosis& part = part_named(diagnosis, name);
    CHECK(part.layer == "memory");
    CHECK(part.channels == 8);
    REQUIRE(part.own);
    CHECK(*part.own > 30.0);
    REQUIRE(part.output_alone);
    CHECK(*part.output_alone > 20.0);
  }
}

TEST_CASE("Hints name what the numbers show", "[diagnose]") {
  PartDiagnosis part = noisy_activation(0.0, 4.0);
  CHECK(hint_for(part, 100) == "--int16 \"h\"");
  CHECK_THAT(hint_for(part, 5), Contains("5 samples are few"));

  part.high = part.second_reach = 10.0;
  part.saturated = 0.01;
  CHECK_THAT(hint_for(part, 100), Contains("clipped at 4.0") && Contains("--range minmax"));

  part.saturated = 0.0;
  part.typical = 0.1;
  CHECK_THAT(hint_for(part, 100), Contains("outlier of 10.0 stretches the grid"));

  part.second_reach = 0.5;
  part.widest_sample = 17;
  CHECK_THAT(hint_for(part, 100), Contains("only sample 17"));

  part.output_alone = 60.0;
  CHECK(hint_for(part, 100).empty());
}
