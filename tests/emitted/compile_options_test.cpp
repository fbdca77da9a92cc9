// What a drop says its sources must be compiled with.
#include <catch2/catch.hpp>

#include "lib/ops/text_form.hpp"
#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"

using namespace mote;
using Catch::Contains;

namespace {

FileTree drop_for(const char* target_name, const std::string& dtype) {
  const auto graph = parse("graph \"\"\ninput %x : " + dtype + "[8]\n%y = Relu(%x) : " + dtype + "[8]\noutput %y\n");
  REQUIRE(graph);
  const auto target = find_target(target_name);
  REQUIRE(target);
  const auto drop = test::drop_of(*graph, *target, {});
  INFO((drop ? "" : render(drop.error())));
  REQUIRE(drop);
  return *drop;
}

const std::string no_vectors = "-fno-tree-vectorize";

}  // namespace

TEST_CASE("no compiler may put floats onto Helium, which takes subnormal numbers for zero") {
  for (const char* target : {"corstone-300", "ra8d1"}) {
    const FileTree drop = drop_for(target, "f32");
    for (const char* file : {"manifest.json", "CMakeLists.txt", "README.md"})
      CHECK_THAT(drop.at(file), Contains(no_vectors));
  }
}

TEST_CASE("integers may go onto Helium, and floats onto what keeps subnormal numbers") {
  const FileTree integers = drop_for("corstone-300", "s8"), floats = drop_for("stm32h743zi", "f32");
  for (const FileTree& drop : {integers, floats})
    for (const char* file : {"manifest.json", "CMakeLists.txt", "README.md"}) {
      CHECK_THAT(drop.at(file), !Contains(no_vectors));
      CHECK_THAT(drop.at(file), Contains("-ffp-contract=off"));
    }
}
