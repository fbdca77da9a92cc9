#pragma once
#include <string>

#include "lib/data/data_set.hpp"
#include "lib/export/onnx_export.hpp"
#include "passes/pass.hpp"
#include "passes/quantize/options.hpp"

// A model quantized and compiled at once, and by way of a file.
namespace mote::test {

struct Task {
  std::string name{};
  std::string model{}, data{}, calibration{};  // data sets as DataSpec::sources
  double scale = 1.0;                          // of integers in the data
  std::string labels{};
};
// The bundled sample, always there.
Task digits();
// Those of MLPerf Tiny, from the models and data beside the project; an empty list where they are missing.
std::vector<Task> mlperf_tasks();

Graph import_file(const std::string& path);
DataSet open_data(const std::string& source, const Task& task, const Graph& graph);

// The passes after which a graph is exported, and those that then make it an integer one.
std::span<const Pass> before_integers();
std::span<const Pass> from_integers_on();

struct BothWays {
  Graph imported{};         // the float model
  Graph direct{};           // its integer graph
  ExportedModel exported{};
  Graph read_back{};        // the integer graph of the exported file
};
BothWays both_ways(const Graph& imported, const QuantizeOptions& quantize);
BothWays both_ways(const Task& task, int weight_bits = 8);

Graph import_bytes(const std::string& bytes);

// Every node with its attributes and constant operands, without names of values: equal texts are equal arithmetic.
std::string arithmetic_of(const Graph& graph);

}  // namespace mote::test
