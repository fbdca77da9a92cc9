#pragma once
#include "passes/quantize/options.hpp"

namespace mote {

// The forms of a network between which lessons are given, from one as it was imported. Errors: those of passes and
// samples. As it will run, without channels that cannot matter, all arithmetic in real numbers.
[[nodiscard]] Result<Graph> real_form(Graph graph);
// That with the values between layers marked and on their levels, and so are the weights.
[[nodiscard]] Result<Graph> form_with_levels(Graph graph, const QuantizeOptions& quantize);

}  // namespace mote
