// What training leaves behind, and what it takes up again.
#include "tools/training_file.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "lib/ir/array_file.hpp"
#include "lib/ops/text_form.hpp"
#include "tools/file_tree.hpp"
#include "tools/temporary_folder.hpp"

using namespace mote;

namespace {

TrainingProblem problem() {
  auto graph = parse(
      "graph \"\"\ninput %x : f32[1x2]\nconstant @w : f32[2x1] = fill 0.5\n%y = Dense(%x, @w) : f32[1x1]\noutput %y\n");
  REQUIRE(graph);
  const ValueId weights = graph->nodes[0].inputs[1];
  return {.graph = *std::move(graph), .variables = {weights}, .samples = 10};
}

TrainingState state() {
  return {.epochs_done = 3,
          .steps_done = 12,
          .best_epoch = 2,
          .best_loss = 0.25,
          .values = {{1.0F, 2.0F}},
          .first_moments = {{3.0F, 4.0F}},
          .second_moments = {{5.0F, 6.0F}},
          .best = {{7.0F, 8.0F}}};
}

// What is read back of a state, if anything.
std::optional<TrainingState> kept(const TrainingState& before) {
  const TemporaryFolder folder = *TemporaryFolder::make();
  const std::string file = (folder.path() / "state.npz").string();
  const std::string lesson = lesson_of(problem(), {}, "rows");
  REQUIRE(write_training(file, lesson, before));
  const auto after = read_training(file, lesson, problem());
  if (!after) CHECK(after.error().code == Code::bad_data);
  return after ? *after : std::nullopt;
}

}  // namespace

TEST_CASE("a state is read as it was written") {
  const auto after = kept(state());
  REQUIRE(after);
  CHECK(after->epochs_done == 3);
  CHECK(after->steps_done == 12);
  CHECK(after->best_epoch == 2);
  CHECK(after->best_loss == 0.25);
  CHECK(after->values == state().values);
  CHECK(after->first_moments == state().first_moments);
  CHECK(after->second_moments == state().second_moments);
  CHECK(after->best == state().best);
}

TEST_CASE("no training leaves these numbers behind") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<TrainingState> wrong(8, state());
  wrong[0].best_loss = std::nan("");
  wrong[1].epochs_done = std::int64_t{1} << 62;
  wrong[2].steps_done = std::numeric_limits<std::int64_t>::max();
  wrong[3].best_epoch = 4;
  wrong[4].values[0][1] = nan;
  wrong[5].second_moments[0][0] = std::numeric_limits<float>::infinity();
  wrong[6].best[0].pop_back();
  wrong[7].epochs_done = -1;
  for (const TrainingState& each : wrong) CHECK_FALSE(kept(each).has_value());
}

TEST_CASE("arrays of other types are no state") {
  const TemporaryFolder folder = *TemporaryFolder::make();
  const std::string file = (folder.path() / "state.npz").string();
  const std::string lesson = lesson_of(problem(), {}, "rows");
  REQUIRE(write_training(file, lesson, state()));
  const auto arrays = read_npz(file);
  REQUIRE(arrays);
  for (const char* name : {"counts", "best_loss", "lesson", "0.values"}) {
    auto changed = *arrays;
    changed[name] = Tensor::zeros(DType::u16, changed[name].shape);
    const auto bytes = npz_bytes(changed);
    REQUIRE(bytes);
    REQUIRE(write_file(file, {reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
    const auto read = read_training(file, lesson, problem());
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::bad_data);
  }
}

TEST_CASE("a lesson is what is computed, drawn, held out and shown") {
  const std::string lesson = lesson_of(problem(), {}, "rows");
  CHECK(lesson == lesson_of(problem(), {.epochs = 7, .rate = 0.5}, "rows"));
  TrainingProblem more = problem();
  more.samples = 11;
  CHECK(lesson != lesson_of(more, {}, "rows"));
  CHECK(lesson != lesson_of(problem(), {.held_out = 0.5}, "rows"));
  CHECK(lesson != lesson_of(problem(), {.seed = 2}, "rows"));
  CHECK(lesson != lesson_of(problem(), {}, "other rows"));
}
