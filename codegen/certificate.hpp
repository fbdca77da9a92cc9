#pragma once
#include <string>

#include "lib/ir/graph.hpp"
#include "lib/ops/certificate.hpp"

namespace mote {

// certificate.json: for each integer layer its accumulators, where it saturates and how far rounding moves its results.
[[nodiscard]] std::string certificate_json(const Graph& graph, const IntegerCertificate& certificate);
// The same for people: a section of the drop's README.
[[nodiscard]] std::string certificate_section(const Graph& graph, const IntegerCertificate& certificate);

}  // namespace mote
