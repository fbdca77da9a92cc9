#pragma once
#include <string>
#include <vector>

#include "lib/support/result.hpp"
#include "passes/pass.hpp"
#include "tests/models/forest.hpp"

// Models of ai.onnx.ml held to ONNX Runtime's outputs: integers exactly, reals within 1e-5.
namespace mote::test {

// What 1e-5 is a share of, if it is more than the number itself: a share of the output's largest, or a size.
struct Nearness {
  double of_largest = 0.1, size = 0.0;
};

// What is wrong with outputs found; empty if nothing.
[[nodiscard]] std::string compare_outputs(const std::string& what, const Result<std::vector<Tensor>>& found,
                                          const Loaded& loaded, const Nearness& nearness = {});
// After the passes on all rows; as emitted code, which must give the interpreter's bits, on the first ones.
[[nodiscard]] std::string check_emitted(const Forest& model, Optimize optimize, const Nearness& nearness = {});

}  // namespace mote::test
