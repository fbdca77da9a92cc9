#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "tests/ops/kernel_runner.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const Target& host() {
  static const Target target{};
  return target;
}

// What the emitted code computes for one instance; empty where the kernel cannot be run without a compiler.
std::vector<Tensor> run_lowered(const OpDef& op, const Instance& instance) {
  const OpView view{instance.graph, instance.graph.nodes.front()};
  const auto call = op.lower(view, host());
  if (!call) FAIL(render(call.error()));
  std::vector<Tensor> outputs;
  for (const ValueId id : view.node.outputs) {
    Tensor output = Tensor::zeros(instance.graph.at(id).type.dtype, instance.graph.at(id).type.shape);
    // Every byte must be written by the kernel itself.
    std::ranges::fill(output.bytes, std::byte{0xA5});
    outputs.push_back(std::move(output));
  }
  return run_kernel(*call, instance.graph, instance.operands, outputs) ? outputs : std::vector<Tensor>{};
}

Bytes viewed(const View& view, const Instance& instance, const std::vector<Tensor>& outputs) {
  const Bytes& input = instance.operands[view.input].bytes;
  const Bytes& output = outputs[view.output].bytes;
  const bool in_input = view.kind == View::Kind::output_in_input;
  const Bytes& whole = in_input ? input : output;
  const std::size_t size = in_input ? output.size() : input.size();
  REQUIRE(view.offset >= 0);
  REQUIRE(static_cast<std::size_t>(view.offset) + size <= whole.size());
  return {whole.begin() + view.offset, whole.begin() + view.offset + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

TEST_CASE("kernels give the bits of the reference evaluation in single precision") {
  Rng rng(20240501);
  std::set<std::string_view> exercised;
  for (const OpDef* op : all_ops()) {
    if (op->lower == nullptr) continue;
    for (int round = 0; round < 60; ++round) {
      const Instance instance = draw(*op, rng);
      const std::vector<Tensor> lowered = run_lowered(*op, instance);
      if (lowered.empty()) continue;
      const std::vector<Tensor> reference = evaluate(instance.graph, instance.operands);
      INFO(op->name << " round " << round << ", first output " << reference[0].shape.text());
      for (std::size_t i = 0; i < reference.size(); ++i) REQUIRE(lowered[i].bytes == reference[i].bytes);
      exercised.insert(op->name);
    }
  }
  CHECK(exercised.size() >= 8);
}

TEST_CASE("the bytes of a view are the bytes that evaluation would have copied") {
  Rng rng(7);
  std::set<std::string_view> exercised;
  for (const OpDef* op : all_ops()) {
    if (op->views == nullptr) continue;
    for (int round = 0; round < 60; ++round) {
      const Instance instance = draw(*op, rng);
      const OpView view{instance.graph, instance.graph.nodes.front()};
      const std::vector<Tensor> outputs = evaluate(instance.graph, instance.operands);
      for (const View& part : op->views(view)) {
        INFO(op->name << " round " << round);
        const bool in_input = part.kind == View::Kind::output_in_input;
        const Bytes& expected = in_input ? outputs[part.output].bytes : instance.operands[part.input].bytes;
        REQUIRE(viewed(part, instance, outputs) == expected);
        exercised.insert(op->name);
      }
    }
  }
  for (const std::string_view name : {"Reshape", "Transpose", "Slice", "Split", "Concat", "Expand"})
    CHECK(exercised.contains(name));
}

TEST_CASE("double precision gives what single precision gives, up to rounding") {
  Rng rng(99);
  for (const OpDef* op : all_ops()) {
    for (int round = 0; round < 20; ++round) {
      const Instance instance = draw(*op, rng);
      const auto single = evaluate(instance.graph, instance.operands);
      const auto reference = evaluate(instance.graph, instance.operands, Precision::reference);
      for (std::size_t i = 0; i < single.size(); ++i) {
        INFO(op->name << " round " << round << " output " << i);
        REQUIRE(single[i].shape == reference[i].shape);
        if (!is_float(single[i].dtype)) continue;
        const auto expected = reference[i].to_reals();
        const auto actual = single[i].to_reals();
        for (std::size_t k = 0; k < expected.size(); ++k)
          if (std::isfinite(expected[k])) REQUIRE(actual[k] == Approx(expected[k]).epsilon(1e-4).margin(1e-4));
      }
    }
  }
}
