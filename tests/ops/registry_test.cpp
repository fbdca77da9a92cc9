#include <set>

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/op_def.hpp"

using namespace mote;

TEST_CASE("every operator is complete: type rule, reference evaluation, sampler, kernel or view or decomposition") {
  std::set<std::string_view> names;
  for (const OpDef* op : all_ops()) {
    INFO("operator " << op->name);
    CHECK(names.insert(op->name).second);
    CHECK(op->infer != nullptr);
    CHECK(op->eval != nullptr);
    CHECK(op->sample != nullptr);
    CHECK_FALSE(op->summary.empty());
    CHECK(find_op(op->name) == op);
  }
}
