// Every operator of ONNX that a graph may hold, written and read again.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "tests/export/round_trip.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Run-time operands of an instance, in graph order.
std::vector<Tensor> inputs_of(const Instance& instance) {
  std::vector<Tensor> inputs;
  const Node& node = instance.graph.nodes[0];
  for (const ValueId id : instance.graph.inputs) {
    const auto place = std::ranges::find(node.inputs, id) - node.inputs.begin();
    inputs.push_back(instance.operands[static_cast<std::size_t>(place)]);
  }
  return inputs;
}

bool same_elements(const Tensor& a, const Tensor& b) { return a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes; }

}  // namespace

TEST_CASE("Every operator of ONNX computes the same bits after a trip through a file") {
  Rng rng(31);
  int operators = 0;
  for (const OpDef* op : all_ops()) {
    if (op->onnx.since == 0 || !op->onnx.domain.empty()) continue;
    int written = 0;
    for (int round = 0; round < 12; ++round) {
      const Instance instance = draw(*op, rng);
      const auto exported = export_onnx(instance.graph);
      if (!exported) {
        CHECK(exported.error().code == Code::unsupported_form);
        continue;
      }
      INFO(op->name << ", sample " << round << ", operator set " << exported->opset);
      const Graph again = import_bytes(exported->bytes);
      const std::vector<Tensor> inputs = inputs_of(instance);
      const auto expected = interpret(instance.graph, inputs);
      REQUIRE(expected);
      REQUIRE(again.outputs.size() == expected->size());
      // What depends on constants alone is computed while reading.
      const auto found = interpret(again, again.inputs.empty() ? std::span<const Tensor>{} : std::span(inputs));
      INFO((found ? std::string() : render(found.error())));
      REQUIRE(found);
      for (std::size_t i = 0; i < found->size(); ++i) CHECK(same_elements((*found)[i], (*expected)[i]));
      ++written;
    }
    INFO(op->name);
    CHECK(written > 0);
    ++operators;
  }
  CHECK(operators > 60);
}
