// Names of classes reach the drop's table byte for byte, whatever is in them.
#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/support/word_list.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const std::vector<std::string> names{"a, b", "say \"no\"", "what\?\?!", "caf\xc3\xa9" "b", "back\\slash\\", "", "line\nend 7"};

Graph named_classes() {
  Graph graph{.name = "named"};
  const TensorType one{.dtype = DType::s64, .shape = *Shape::make({1})};
  const ValueId x = graph.add_value("x", one), y = graph.add_value("label", one);
  graph.inputs = {x};
  graph.outputs = {y};
  graph.nodes.push_back({.op = find_op("ClassNames"), .attrs = {{"classlabels_strings", joined_words(names)}}, .inputs = {x},
                         .outputs = {y}, .origin = {}});
  return graph;
}

// A translation unit that ends the program unless the table holds these names.
std::string check_of_table(const std::string& table) {
  std::string text = "#include \"network/network.h\"\n#include <stdlib.h>\n#include <string.h>\nnamespace {\nstruct Names {\n  Names() {\n";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += "    const unsigned char name_" + std::to_string(i) + "[] = {";
    for (const char letter : names[i]) text += std::to_string(static_cast<unsigned char>(letter)) + ", ";
    text += "0};\n    if (memcmp(" + table + "[" + std::to_string(i) + "], name_" + std::to_string(i) + ", sizeof name_" +
            std::to_string(i) + ") != 0) { abort(); }\n";
  }
  return text + "  }\n};\nconst Names names_are_checked;\n}\n";
}

std::string table_in(const std::string& header) {
  const std::size_t end = header.find("_names["), begin = header.rfind('*', end);
  return header.substr(header.find("const ", begin) + 6, end + 6 - header.find("const ", begin) - 6);
}

}  // namespace

TEST_CASE("names of classes with commas, quotes, escapes and letters of other alphabets are those of the table") {
  const auto reread = parse(print(named_classes()));
  REQUIRE(reread);
  CHECK(reread->nodes[0].attrs.at("classlabels_strings") == named_classes().nodes[0].attrs.at("classlabels_strings"));
  auto drop = drop_of(*reread, *find_target("host"), {{Tensor::zeros(DType::s64, *Shape::make({1}))}});
  REQUIRE(drop);
  (*drop)["names.cpp"] = check_of_table(table_in(drop->at("include/network/network.h")));
  CHECK(build_and_run(*drop) == "");
}
