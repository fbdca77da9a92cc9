#pragma once
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "lib/data/data_set.hpp"
#include "lib/ir/array_file.hpp"

// Files for the tests of data sets, below the build folder, and graphs that only have inputs.
namespace mote::test {

inline std::string scratch(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(MOTE_SCRATCH) / "data" / name;
  std::filesystem::create_directories(path.parent_path());
  return path.string();
}

inline std::string write(const std::string& name, std::string_view text) {
  const std::string path = scratch(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

inline std::string write(const std::string& name, const Bytes& bytes) {
  return write(name, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

template <class T>
Tensor tensor(DType dtype, std::vector<std::int64_t> extents, const std::vector<T>& values) {
  Tensor result = Tensor::zeros(dtype, *Shape::make(std::move(extents)));
  REQUIRE(result.as<T>().size() == values.size());
  std::copy(values.begin(), values.end(), result.as<T>().begin());
  return result;
}

// 0, 1, 2, … in the shape.
inline Tensor counting(std::vector<std::int64_t> extents) {
  Tensor result = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
  float next = 0;
  for (float& element : result.as<float>()) element = next++;
  return result;
}

inline std::string write_npy(const std::string& name, const Tensor& array) { return write(name, npy_bytes(array)); }

inline Graph graph_with(const std::vector<std::pair<std::string, TensorType>>& inputs) {
  Graph graph;
  for (const auto& [name, type] : inputs) graph.inputs.push_back(graph.add_value(name, type));
  return graph;
}

inline TensorType floats(std::vector<std::int64_t> extents) {
  return {DType::f32, *Shape::make(std::move(extents)), {}};
}

inline std::vector<double> sample_values(const DataSet& set, std::int64_t row, std::size_t input = 0) {
  const auto sample = set.sample(row);
  REQUIRE(sample);
  return (*sample)[input].to_reals();
}

}  // namespace mote::test
