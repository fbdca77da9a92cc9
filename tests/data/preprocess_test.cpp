#include "lib/data/preprocess.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

Preprocess with(std::vector<double> scale, std::vector<double> mean, std::string layout = "") {
  return {.scale = std::move(scale), .mean = std::move(mean), .layout = std::move(layout), .given = true};
}

std::vector<double> applied(const Tensor& stored, const TensorType& input, const Preprocess& how) {
  const auto legal = check_preprocess(stored.dtype, stored.shape, false, input, how);
  if (!legal) FAIL(legal.error().message);
  const auto result = preprocessed(stored, false, input, how);
  REQUIRE(result);
  CHECK(result->shape == input.shape);
  return result->to_reals();
}

std::string refusal(const Tensor& stored, const TensorType& input, const Preprocess& how) {
  const auto legal = check_preprocess(stored.dtype, stored.shape, false, input, how);
  REQUIRE_FALSE(legal);
  return legal.error().message;
}

}  // namespace

TEST_CASE("the mean is subtracted before the scale multiplies") {
  CHECK(applied(counting({3}), floats({1, 3}), with({0.5}, {1})) == std::vector<double>{-0.5, 0, 0.5});
}

TEST_CASE("a layout moves the channels") {
  // 2x2 pixels of 3 channels: element = 3 * pixel + channel.
  const std::vector<double> planes{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};
  CHECK(applied(counting({2, 2, 3}), floats({1, 3, 2, 2}), with({}, {}, "nhwc->nchw")) == planes);
  CHECK(applied(counting({1, 2, 2, 3}), floats({1, 3, 2, 2}), with({}, {}, "nhwc->nchw")) == planes);
  CHECK(applied(counting({3, 2, 2}), floats({1, 2, 2, 3}), with({}, {}, "nchw->nhwc")) ==
        std::vector<double>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
}

TEST_CASE("values per channel follow the channel's axis") {
  CHECK(applied(counting({1, 2, 2}), floats({1, 2, 1, 2}), with({1, 10}, {0, 1}, "nhwc->nchw")) ==
        std::vector<double>{0, 2, 0, 20});
  CHECK(applied(counting({2, 1, 2}), floats({1, 2, 1, 2}), with({1, 10}, {}, "nchw")) == std::vector<double>{0, 1, 20, 30});
  CHECK(applied(counting({3}), floats({1, 3}), with({1, 10, 100}, {})) == std::vector<double>{0, 10, 200});
}

TEST_CASE("what cannot be meant is refused") {
  const TensorType image = floats({1, 3, 2, 2});
  CHECK_THAT(refusal(counting({2, 2, 3}), image, with({}, {})), Contains("2x2x3") && Contains("1x3x2x2"));
  CHECK_THAT(refusal(counting({3, 2, 2}), image, with({1, 2, 3}, {})), Contains("no layout says"));
  CHECK_THAT(refusal(counting({3, 2, 2}), image, with({1, 2}, {}, "nchw")), Contains("2 values") && Contains("3 channels"));
  CHECK_THAT(refusal(counting({12}), image, with({}, {}, "nhwc->nchw")), Contains("speaks of 3 axes"));
  CHECK_THAT(refusal(counting({3, 2, 2}), image, with({}, {}, "nhwc->nchx")), Contains("not understood"));
  const TensorType bytes{DType::u8, *Shape::make({1, 2}), {}};
  CHECK_THAT(refusal(tensor<std::uint8_t>(DType::u8, {2}, {1, 2}), bytes, with({2}, {})), Contains("u8"));
}

TEST_CASE("mote.toml holds one table per input") {
  const std::string file = write("mote.toml",
                                 "[compile]\ntarget = \"host\"\n[input.image]\nscale = 0.5\nmean = [1, 2.5, 3]\n"
                                 "layout = \"nhwc->nchw\"\n");
  const auto map = read_preprocess(file, {"image", "other"});
  REQUIRE(map);
  REQUIRE(map->size() == 1);
  CHECK(map->at("image").scale == std::vector<double>{0.5});
  CHECK(map->at("image").mean == std::vector<double>{1, 2.5, 3});
  CHECK(map->at("image").layout == "nhwc->nchw");
  CHECK(map->at("image").given);
}

TEST_CASE("mistakes in mote.toml are all reported, with their lines and the nearest right word") {
  const std::string file = write("wrong.toml", "[input.image]\nscal = 1\nmean = \"x\"\n[input.imag]\n");
  const auto map = read_preprocess(file, {"image"});
  REQUIRE_FALSE(map);
  CHECK(map.errors().size() == 3);
  std::string all;
  for (const Diagnostic& problem : map.errors()) all += render(problem);
  CHECK_THAT(all, Contains("line 2") && Contains("did you mean 'scale'"));
  CHECK_THAT(all, Contains("line 3") && Contains("did you mean 'image'"));
}

TEST_CASE("the command line says the same for one input or all") {
  PreprocessMap map;
  REQUIRE(add_preprocess(map, "scale=2", {"a", "b"}));
  REQUIRE(add_preprocess(map, "b.mean=1,2", {"a", "b"}));
  CHECK(map["a"].scale == std::vector<double>{2});
  CHECK(map["b"].scale == std::vector<double>{2});
  CHECK(map["b"].mean == std::vector<double>{1, 2});
  CHECK_FALSE(add_preprocess(map, "c.mean=1", {"a", "b"}));
  CHECK_FALSE(add_preprocess(map, "gain=1", {"a", "b"}));
  CHECK_FALSE(add_preprocess(map, "scale=1;2", {"a", "b"}));
}
