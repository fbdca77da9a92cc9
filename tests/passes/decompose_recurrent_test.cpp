#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A layer of 5 steps whose sequence is read by `reader`, with these results of the layer.
std::string layer_then(std::string_view results, std::string_view types, std::string_view attrs,
                       std::string_view reader) {
  return "graph \"\"\ninput %x : f32[5x2x3]\nconstant @w : f32[1x4x3] = random 1\nconstant @r : f32[1x4x4] = random "
         "2\n" +
         std::string(results) + " = RNN(%x, @w, @r) " + std::string(attrs) + " : " + std::string(types) + "\n" +
         std::string(reader) + "\noutput %y\n";
}

std::string ops_behind(const std::string& text) {
  return ops_of(run_pass("dead-code", run_pass("decompose", graph_of(text))));
}

constexpr std::string_view last_slice = "%y = Slice(%s) {axes=[0], ends=[5], starts=[4]} : f32[1x1x2x4]";

}  // namespace

TEST_CASE("the last step of a recurrent layer is its final state") {
  const Graph after = run_pass(
      "dead-code", run_pass("decompose", graph_of(layer_then("%s, %h", "f32[5x1x2x4], f32[1x2x4]", "{}", last_slice))));
  CHECK(ops_of(after) == "RNN Reshape");
  CHECK_FALSE(after.nodes[0].outputs[0]);  // nobody keeps the sequence
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{}", last_slice)) == "RNN Reshape");
}

TEST_CASE("an index picks the last step as a slice does, also behind a Squeeze") {
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{}",
                              "constant @i : s64[] = random 0\n%y = Gather(%s, @i) {axis=0} : f32[1x2x4]")) ==
        "RNN Gather");  // step 0
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{}",
                              "%q = Squeeze(%s) {axes=[1]} : f32[5x2x4]\n"
                              "%y = Slice(%q) {axes=[0], ends=[9], starts=[-1]} : f32[1x2x4]")) ==
        "RNN");  // the shape of Y_h
}

TEST_CASE("backwards the last step is the first one of the sequence") {
  const std::string_view first = "%y = Slice(%s) {axes=[0], ends=[1], starts=[0]} : f32[1x1x2x4]";
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{direction=\"reverse\"}", first)) == "RNN Reshape");
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{direction=\"reverse\"}", last_slice)) == "RNN Slice");
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{}", first)) == "RNN Slice");
}

TEST_CASE("a sequence that others read as well stays, and is not computed twice") {
  CHECK(ops_behind(layer_then("%s", "f32[5x1x2x4]", "{}",
                              std::string(last_slice) + "\n%z = Relu(%s) : f32[5x1x2x4]\noutput %z")) ==
        "RNN Slice Relu");
}
