#include "tools/training_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
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
  return bad_data(path,
                  "this checkpoint belongs to other training: another network, teacher, loss, seed, --held-out, "
                  "samples or what they are shown with",
                  "name another --checkpoint, or delete the file");
}

Tensor text_array(const std::string& text) {
  return array_of<std::uint8_t>(DType::u8, std::vector<std::uint8_t>(text.begin(), text.end()));
}

bool is_finite(const std::vector<std::vector<float>>& list) {
  return std::ranges::all_of(list, [](const auto& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  });
}

bool is_sound(const TrainingState& state) {
  constexpr std::int64_t most_epochs = 1'000'000, most_steps = std::int64_t{1} << 50;
  return state.epochs_done >= 0 && state.epochs_done <= most_epochs && state.steps_done >= 0 &&
         state.steps_done <= most_steps && state.best_epoch >= -1 && state.best_epoch <= state.epochs_done &&
         std::isfinite(state.best_loss) &&
         std::ranges::all_of(lists_of(state), [](const auto& list) { return is_finite(*list.second); });
}

}  // namespace

std::string lesson_of(const TrainingProblem& problem, const TrainingOptions& options, const std::string& shown) {
  return sha256(print(problem.graph, ConstantText::by_hash) + std::to_string(problem.samples) + " samples, held out " +
                std::to_string(options.held_out) + ", seed " + std::to_string(options.seed) + ", " + shown);
}

Status write_training(const std::string& path, const std::string& lesson, const TrainingState& state) {
  Arrays arrays;
  arrays["lesson"] = text_array(lesson);
  const std::array counts{state.epochs_done, state.steps_done, state.best_epoch};
  arrays["counts"] = array_of<std::int64_t>(DType::s64, counts);
  arrays["best_loss"] = array_of<double>(DType::f64, std::array{state.best_loss});
  for (const auto& [name, list] : lists_of(state))
    for (std::size_t i = 0; i < list->size(); ++i)
      arrays[std::to_string(i) + "." + name] = array_of<float>(DType::f32, (*list)[i]);
  MOTE_TRY(const Bytes bytes, npz_bytes(arrays));
  return write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::optional<TrainingState>> read_training(const std::string& path, const std::string& lesson,
                                                   const TrainingProblem& problem) {
  if (!std::filesystem::exists(path)) return std::optional<TrainingState>{};
  MOTE_TRY(const Arrays arrays, read_npz(path));
  const auto counts = arrays.find("counts"), best_loss = arrays.find("best_loss");
  const auto has = [&](const auto& found, DType dtype, std::int64_t elements) {
    return found != arrays.end() && found->second.dtype == dtype && found->second.shape.elements() == elements;
  };
  if (!has(counts, DType::s64, 3) || !has(best_loss, DType::f64, 1)) return foreign(path);
  const auto said = arrays.find("lesson");
  if (said == arrays.end() || said->second.bytes != text_array(lesson).bytes) return foreign(path);
  const auto numbers = counts->second.as<std::int64_t>();
  TrainingState state{.epochs_done = numbers[0], .steps_done = numbers[1], .best_epoch = numbers[2]};
  state.best_loss = best_loss->second.as<double>()[0];
  for (const auto& [name, list] : lists_of(state))
    for (std::size_t i = 0; i < problem.variables.size(); ++i) {
      const auto found = arrays.find(std::to_string(i) + "." + name);
      const std::int64_t elements = problem.graph.at(problem.variables[i]).type.shape.elements();
      if (!has(found, DType::f32, elements)) return foreign(path);
      const auto values = found->second.as<float>();
      list->emplace_back(values.begin(), values.end());
    }
  if (!is_sound(state)) return foreign(path);
  return std::optional(std::move(state));
}

}  // namespace mote
