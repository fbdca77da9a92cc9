#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

// Real networks and their outputs as ONNX Runtime computed them, kept beside the project in ../shared.
namespace mote::test {

namespace fs = std::filesystem;

[[nodiscard]] fs::path shared_folder();
// False, with a warning that names what is not shown, when the folder is absent.
[[nodiscard]] bool shared_present(const std::string& not_shown);

// The golden array of one input or output ("in__", "out__"); its first axis is the sample.
[[nodiscard]] Tensor golden_array(const fs::path& folder, const std::string& prefix, const std::string& name);
// Sample `row` of an array, whose other axes are the exact tensor shape.
[[nodiscard]] Tensor row_of(const Tensor& all, const TensorType& type, std::int64_t row);
[[nodiscard]] std::vector<Tensor> golden(const fs::path& folder, const std::string& prefix, const Graph& graph,
                                         const std::vector<ValueId>& ids, std::int64_t row);

}  // namespace mote::test
