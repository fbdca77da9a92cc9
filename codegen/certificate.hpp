#pragma once
#include <map>
#include <string>

#include "lib/ir/graph.hpp"
#include "lib/ops/certificate.hpp"

namespace mote {

// certificate.json: for each integer layer its accumulators, where it saturates and how far rounding moves its results;
// with the options under which the integers were found (EmitOptions::recorded_options).
[[nodiscard]] std::string certificate_json(const Graph& graph, const IntegerCertificate& certificate,
                                           const std::map<std::string, std::string>& recorded_options);
// The same for people: a section of the drop's README.
[[nodiscard]] std::string certificate_section(const Graph& graph, const IntegerCertificate& certificate);

}  // namespace mote
