// Networks that take and give integers in buffers of the caller's.
#include <array>

#include "lib/target/target_catalog.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr const char* network = R"(graph ""
input %x : f32[1x4x4x2]
constant @w : f32[3x3x2x4] = random 1
%h = Conv2d(%x, @w) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x4x4x4]
%y = AveragePool2d(%h) {kernel=[4,4]} : f32[1x1x1x4]
output %y
)";

Graph with_integers(const Graph& graph) {
  const Target target = *load_target("nucleo-l4r5zi");
  const QuantizeOptions options{.samples = random_samples(graph, 32), .integer_interface = true};
  auto result = run_passes(standard_pipeline(), graph, {.target = target, .quantize = &options});
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return *std::move(result);
}

float real_of(const TensorType& type, std::int8_t level) {
  return type.quant->scale[0] * static_cast<float>(level - type.quant->zero_point[0]);
}

}  // namespace

TEST_CASE("integers of the caller's are read where they are, without a copy in the arena", "[quantize]") {
  const Graph integers = with_integers(graph_of(network));
  CHECK(integers.at(integers.inputs[0]).type.dtype == DType::s8);
  CHECK(integers.nodes.front().op->name == "QuantizedConv2d");
  CHECK(integers.nodes.front().inputs[0] == integers.inputs[0]);
}

TEST_CASE("callers may give every level that the type has", "[quantize]") {
  const Graph graph = graph_of(network);
  const Graph integers = with_integers(graph);
  const TensorType &in = integers.at(integers.inputs[0]).type, &out = integers.at(integers.outputs[0]).type;
  for (const int level : {-128, -127, -1, 0, 126, 127}) {
    Tensor levels = Tensor::zeros(DType::s8, in.shape), real = Tensor::zeros(DType::f32, in.shape);
    std::ranges::fill(levels.as<std::int8_t>(), static_cast<std::int8_t>(level));
    std::ranges::fill(real.as<float>(), real_of(in, static_cast<std::int8_t>(level)));
    const Tensor found = (*interpret(integers, std::array{levels}))[0],
                 wanted = (*interpret(graph, std::array{real}))[0];
    for (std::size_t i = 0; i < found.as<std::int8_t>().size(); ++i) {
      const std::int8_t answer = found.as<std::int8_t>()[i];
      if (answer == 127) continue;  // beyond what the samples showed
      INFO("level " << level << ", output " << i);
      CHECK(real_of(out, answer) == Approx(wanted.as<float>()[i]).margin(3.0F * out.quant->scale[0]));
    }
  }
}
