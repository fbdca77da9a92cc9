#include "tests/models/golden.hpp"

#include <catch2/catch.hpp>

#include "lib/ir/array_file.hpp"
#include "tests/emitted/drop_runner.hpp"

namespace mote::test {
namespace {

std::string file_part(std::string name) {
  for (char& letter : name) {
    const bool kept = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                      (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
    if (!kept) letter = '_';
  }
  return name;
}

}  // namespace

fs::path shared_folder() { return fs::path("..") / "shared"; }

bool shared_present(const std::string& not_shown) {
  if (fs::exists(shared_folder() / "models")) return true;
  WARN("SKIPPED: ../shared/models is absent, so " << not_shown);
  return false;
}

Tensor golden_array(const fs::path& folder, const std::string& prefix, const std::string& name) {
  auto all = read_npy((folder / (prefix + file_part(name) + ".npy")).string());
  expect(bool{all}, all ? "" : render(all.error()));
  return *std::move(all);
}

Tensor row_of(const Tensor& all, const TensorType& type, std::int64_t row) {
  const bool fits = all.shape.rank() >= 1 && all.shape.elements() == all.shape[0] * type.shape.elements();
  expect(fits, "the golden array is " + all.shape.text() + ", expected rows of " + type.shape.text());
  const std::int64_t bytes = type.shape.elements() * byte_size(all.dtype);
  const auto begin = all.bytes.begin() + row * bytes;
  return {.dtype = all.dtype, .shape = type.shape, .bytes = Bytes(begin, begin + bytes)};
}

std::vector<Tensor> golden(const fs::path& folder, const std::string& prefix, const Graph& graph,
                           const std::vector<ValueId>& ids, std::int64_t row) {
  std::vector<Tensor> tensors;
  for (const ValueId id : ids)
    tensors.push_back(row_of(golden_array(folder, prefix, graph.at(id).name), graph.at(id).type, row));
  return tensors;
}

}  // namespace mote::test
