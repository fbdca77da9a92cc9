#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "passes/dump.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const char* const two_nodes =
    "graph \"two\"\ninput %x : f32[2x3]\n%a = Relu(%x) : f32[2x3]\n%y = Clip(%a) {max=0.5} : f32[2x3]\noutput %y\n";

Result<Graph> nothing(Graph graph, const PassContext&) { return graph; }
Result<Graph> forget_a_node(Graph graph, const PassContext&) {
  graph.nodes.pop_back();
  return graph;
}
Result<Graph> move_a_bound(Graph graph, const PassContext&) {
  graph.nodes.back().attrs["max"] = 0.25F;
  return graph;
}
Result<Graph> move_a_bound_slightly(Graph graph, const PassContext&) {
  graph.nodes.back().attrs["max"] = 0.5F + 0x1p-22F;
  return graph;
}
Result<Graph> rename_the_output(Graph graph, const PassContext&) {
  graph.rename(graph.outputs[0], "z");
  return graph;
}

Result<Graph> run(Result<Graph> (*pass)(Graph, const PassContext&), Promise promise, const PassObserver& observe) {
  const Target target{};
  const Pass passes[] = {{"nothing", "", Stage::imported, Promise::bit_exact, nothing},
                         {"suspect", "", Stage::imported, promise, pass}};
  return run_passes(passes, graph_of(two_nodes), {.target = target}, observe);
}

}  // namespace

TEST_CASE("a pass that leaves an invalid graph is named") {
  const Result<Graph> after = run(forget_a_node, Promise::bit_exact, {});
  REQUIRE_FALSE(after);
  CHECK(after.error().code == Code::internal);
  CHECK(after.error().message == "after pass 'suspect': the graph output is never produced");
}

TEST_CASE("verify-each finds a pass that changes results") {
  const Result<Graph> after = run(move_a_bound, Promise::rounding, verify_each());
  REQUIRE_FALSE(after);
  CHECK(after.error().code == Code::pass_broke_promise);
  CHECK(after.error().message.starts_with("pass 'suspect' moved output 'y' by 0.25 at element "));
  CHECK(after.error().where.value == "y");
}

TEST_CASE("a rounding pass may move the last bits, a bit-exact one may not") {
  const Result<Graph> after = run(move_a_bound_slightly, Promise::bit_exact, verify_each());
  REQUIRE_FALSE(after);
  CHECK(after.error().code == Code::pass_broke_promise);
  CHECK(run(move_a_bound_slightly, Promise::rounding, verify_each()));
}

TEST_CASE("the interface belongs to the promise") {
  const Result<Graph> after = run(rename_the_output, Promise::rounding, verify_each());
  REQUIRE_FALSE(after);
  CHECK(after.error().message == "pass 'suspect' changed the names or types of inputs or outputs");
}

TEST_CASE("dumps are numbered and readable again") {
  std::vector<Dump> dumps;
  const Result<Graph> after = run(nothing, Promise::bit_exact, dump_each(dumps));
  REQUIRE(after);
  REQUIRE(dumps.size() == 3);
  CHECK(dumps[0].file_name == "00-imported.mir");
  CHECK(dumps[1].file_name == "01-nothing.mir");
  CHECK(dumps[2].file_name == "02-suspect.mir");
  for (const Dump& dump : dumps) CHECK(dump.text == two_nodes);
}

TEST_CASE("a single pass can be dumped, and observers be combined") {
  std::vector<Dump> dumps;
  int seen = 0;
  const PassObserver count = [&](const Pass&, const Graph&, const Graph&) -> Status { ++seen; return Ok{}; };
  CHECK(run(nothing, Promise::bit_exact, both(dump_each(dumps, "suspect"), count)));
  CHECK(seen == 2);
  REQUIRE(dumps.size() == 1);
  CHECK(dumps[0].file_name == "02-suspect.mir");
}

TEST_CASE("every pass has a name in kebab-case and a summary") {
  for (const Pass& pass : standard_pipeline()) {
    INFO(pass.name);
    CHECK(std::ranges::all_of(pass.name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }));
    CHECK_FALSE(pass.summary.empty());
    CHECK(find_pass(pass.name)->run == pass.run);
  }
  CHECK(find_pass("no-such-pass") == nullptr);
}
