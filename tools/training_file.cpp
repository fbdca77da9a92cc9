#include "tools/training_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "lib/data/row_source.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/support/sha256.hpp"
#include "tools/file_tree.hpp"

namespace mote {
namespace {

using Arrays = std::map<std::string, Tensor>;

template <class T>
Tensor array_of(DType dtype, std::span<const T> values) {
  Tensor tensor = Tensor::zeros(dtype, *Shape::make({static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<T>().begin());
  return tensor;
}

// The lists of a state with their names in the file.
template <class State>
auto lists_of(State& state) {
  return std::array{std::pair("values", &state.values), std::pair("first", &state.first_moments),
                    std::pair("second", &state.second_moments), std::pair("best", &state.best)};
}

Diagnostic foreign(const std::string& path) {
  return bad_data(path, "this checkpoint belongs to other training: another network, teacher, loss, seed or number of samples",
                  "name another --checkpoint, or delete the file");
}

// What a state means: all that is computed, and what is drawn.
Tensor fingerprint(const TrainingProblem& problem, std::uint64_t seed) {
  const std::string digest = sha256(print(problem.graph, ConstantText::by_hash) + std::to_string(problem.samples) +
                                    " samples, seed " + std::to_string(seed));
  return array_of<std::uint8_t>(DType::u8, std::vector<std::uint8_t>(digest.begin(), digest.end()));
}

bool is_sound(const TrainingState& state) {
  return state.epochs_done >= 0 && state.steps_done >= 0 && state.best_epoch >= -1 &&
         state.best_epoch <= state.epochs_done;
}

}  // namespace

Status write_training(const std::string& path, const TrainingProblem& problem, std::uint64_t seed,
                      const TrainingState& state) {
  Arrays arrays;
  arrays["problem"] = fingerprint(problem, seed);
  const std::array counts{state.epochs_done, state.steps_done, state.best_epoch};
  arrays["counts"] = array_of<std::int64_t>(DType::s64, counts);
  arrays["best_loss"] = array_of<double>(DType::f64, std::array{state.best_loss});
  for (const auto& [name, list] : lists_of(state))
    for (std::size_t i = 0; i < list->size(); ++i)
      arrays[std::to_string(i) + "." + name] = array_of<float>(DType::f32, (*list)[i]);
  MOTE_TRY(const Bytes bytes, npz_bytes(arrays));
  return write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::optional<TrainingState>> read_training(const std::string& path, const TrainingProblem& problem,
                                                   std::uint64_t seed) {
  if (!std::filesystem::exists(path)) return std::optional<TrainingState>{};
  MOTE_TRY(const Arrays arrays, read_npz(path));
  const auto counts = arrays.find("counts"), best_loss = arrays.find("best_loss");
  if (counts == arrays.end() || best_loss == arrays.end() || counts->second.shape.elements() != 3 ||
      best_loss->second.shape.elements() != 1)
    return foreign(path);
  const auto belongs = arrays.find("problem");
  if (belongs == arrays.end() || belongs->second.dtype != DType::u8 ||
      !std::ranges::equal(belongs->second.as<std::uint8_t>(), fingerprint(problem, seed).as<std::uint8_t>()))
    return foreign(path);
  const std::vector<std::int64_t> numbers = counts->second.to_integers();
  TrainingState state{.epochs_done = numbers[0], .steps_done = numbers[1], .best_epoch = numbers[2]};
  state.best_loss = best_loss->second.to_reals()[0];
  for (const auto& [name, list] : lists_of(state))
    for (std::size_t i = 0; i < problem.variables.size(); ++i) {
      const auto found = arrays.find(std::to_string(i) + "." + name);
      const std::int64_t elements = problem.graph.at(problem.variables[i]).type.shape.elements();
      if (found == arrays.end() || found->second.dtype != DType::f32 || found->second.shape.elements() != elements)
        return foreign(path);
      const auto values = found->second.as<float>();
      list->emplace_back(values.begin(), values.end());
    }
  if (!is_sound(state)) return foreign(path);
  return std::optional(std::move(state));
}

}  // namespace mote
