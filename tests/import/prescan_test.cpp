#include <catch2/catch.hpp>
#include <string>

#include "lib/import/prescan.hpp"
#include "lib/ir/tensor.hpp"

using namespace mote;

namespace {

// The wire form of one length-delimited field; lengths below 2^21.
std::string field(unsigned number, const std::string& content) {
  std::string text(1, static_cast<char>(number << 3U | 2U));
  std::size_t length = content.size();
  for (; length >= 128; length >>= 7U) text += static_cast<char>(length | 128U);
  return text + static_cast<char>(length) + content;
}

std::string repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Result<PrescanReport> scan(const std::string& text, const ImportLimits& limits = {}) {
  return prescan(std::as_bytes(std::span(text)), limits);
}

constexpr unsigned graph = 7, node = 1, attribute = 5, subgraph = 6, node_input = 1, tensor = 5, int64_data = 7;

}  // namespace

TEST_CASE("the prescan counts messages and their nesting") {
  const auto report = scan(field(graph, repeat(field(node, field(attribute, "")), 3)));
  REQUIRE(report);
  CHECK(report->messages == 8);
  CHECK(report->deepest == 4);
}

TEST_CASE("the prescan refuses what is not well formed on the wire") {
  CHECK(scan("\xFF").error().code == Code::malformed_model);                          // tag without end
  CHECK(scan(std::string("\x02\x00", 2)).error().code == Code::malformed_model);      // field number 0
  CHECK(scan("\x3A\x7F").error().code == Code::malformed_model);                      // graph of 127 bytes, none there
  CHECK(scan("\x3B").error().code == Code::malformed_model);                          // a group
  CHECK(scan("\x3D\x01\x02").error().code == Code::malformed_model);                  // 4 bytes cut off
  CHECK(scan("\x08" + std::string(11, '\x80')).error().code == Code::malformed_model);  // a number of 11 bytes
  CHECK(scan(field(graph, "\x0A\x05" "ab")).error().code == Code::malformed_model);   // node longer than its graph
  CHECK(scan("\x3A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01").error().code == Code::malformed_model);
}

TEST_CASE("nesting is limited, at the limit still accepted") {
  ImportLimits limits;
  limits.message_depth = 5;
  const std::string inner = field(attribute, field(subgraph, ""));
  CHECK(scan(field(graph, field(node, inner)), limits));
  CHECK(scan(field(graph, field(node, field(attribute, field(subgraph, field(node, ""))))), limits).error().code ==
        Code::limit_exceeded);
}

TEST_CASE("the number of messages is limited, at the limit still accepted") {
  ImportLimits limits;
  limits.messages = 12;
  CHECK(scan(field(graph, repeat(field(node, ""), 10)), limits));
  CHECK(scan(field(graph, repeat(field(node, ""), 11)), limits).error().code == Code::limit_exceeded);
}

TEST_CASE("memory that parsing would need is limited, whatever amplifies") {
  ImportLimits limits;
  limits.parsed_bytes_base = 1024;
  limits.parsed_bytes_factor = 2;
  CHECK(scan(field(graph, field(node, "")), limits));
  CHECK(scan(field(graph, repeat(field(node, ""), 20)), limits).error().code == Code::limit_exceeded);
  CHECK(scan(field(graph, field(node, repeat(field(node_input, ""), 50))), limits).error().code ==
        Code::limit_exceeded);
  CHECK(scan(field(graph, field(tensor, field(int64_data, std::string(1000, '\1')))), limits).error().code ==
        Code::limit_exceeded);
  CHECK(scan(repeat(field(15, ""), 50), limits).error().code == Code::limit_exceeded);  // unknown fields are kept
}

TEST_CASE("ten megabytes of empty attributes are refused without being parsed") {
  const std::string bomb = field(graph, field(node, repeat(field(attribute, ""), 1'000'000)));
  const auto report = scan(bomb);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == Code::limit_exceeded);
}
