// The operators of ai.onnx.ml beside trees, on numbers that can be followed by hand.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

using Reals = std::vector<float>;
using Integers = std::vector<std::int64_t>;
const float not_a_number = std::nanf("");

}  // namespace

TEST_CASE("Scaler subtracts the offset first, one per feature or one for all") {
  const Tensor x = floats({2, 2}, {1, 2, 3, 4});
  CHECK(elements<float>(run_one("Scaler", {{"offset", Reals{1, 2}}, {"scale", Reals{2, 10}}}, {x})) == Reals{0, 0, 4, 20});
  CHECK(elements<float>(run_one("Scaler", {{"offset", Reals{1}}, {"scale", Reals{2}}}, {x})) == Reals{0, 2, 4, 6});
  CHECK(elements<float>(run_one("Scaler", {{"scale", Reals{3}}}, {integers({2}, {1, 2})})) == Reals{3, 6});
  CHECK(rejection("Scaler", {{"scale", Reals{1, 2, 3}}}, {x}) == Code::attribute_range);
}

TEST_CASE("Normalizer leaves rows alone whose norm is zero; MAX is the largest element, not the largest magnitude") {
  const Tensor x = floats({3, 2}, {3, 4, 0, 0, -4, 2});
  const auto normalized = [&](const char* norm) {
    return elements<float>(run_one("Normalizer", {{"norm", std::string(norm)}}, {x}));
  };
  CHECK(normalized("MAX") == Reals{0.75F, 1, 0, 0, -2, 1});
  CHECK(normalized("L1")[0] == Approx(3.0 / 7.0));
  CHECK(normalized("L2")[1] == Approx(0.8));
  CHECK(normalized("L2")[2] == 0.0F);
  CHECK(rejection("Normalizer", {{"norm", std::string("L3")}}, {x}) == Code::attribute_range);
}

TEST_CASE("Imputer replaces NaN, or one number, by a value per feature") {
  const Tensor x = floats({2, 2}, {not_a_number, 1, 2, not_a_number});
  CHECK(elements<float>(run_one("Imputer", {{"imputed_value_floats", Reals{7, 8}}, {"replaced_value_float", not_a_number}}, {x})) ==
        Reals{7, 1, 2, 8});
  CHECK(elements<std::int64_t>(run_one("Imputer", {{"imputed_value_int64s", Integers{9}}, {"replaced_value_int64", std::int64_t{-1}}},
                                       {integers({3}, {-1, 0, 5})})) == Integers{9, 0, 5});
}

TEST_CASE("Binarizer asks for more than the threshold") {
  CHECK(elements<float>(run_one("Binarizer", {{"threshold", 1.0F}}, {floats({3}, {0.5F, 1, 1.5F})})) == Reals{0, 0, 1});
}

TEST_CASE("OneHotEncoder marks an element's category; one that has none is all zeros") {
  const Tensor y = run_one("OneHotEncoder", {{"cats_int64s", Integers{4, 2}}}, {integers({3}, {2, 4, 9})});
  CHECK(extents(y) == Integers{3, 2});
  CHECK(elements<float>(y) == Reals{0, 1, 1, 0, 0, 0});
  CHECK(elements<float>(run_one("OneHotEncoder", {{"cats_int64s", Integers{0, 1}}}, {floats({1}, {1.9F})})) == Reals{0, 1});
}

TEST_CASE("LabelEncoder gives the value of the equal key, or the default") {
  CHECK(elements<std::int64_t>(run_one("LabelEncoder", {{"keys_floats", Reals{0.5F, not_a_number}}, {"values_int64s", Integers{10, 20}}},
                                       {floats({3}, {0.5F, 0.25F, not_a_number})})) == Integers{10, -1, 20});
  CHECK(elements<float>(run_one("LabelEncoder",
                                {{"keys_int64s", Integers{3, 5}}, {"values_floats", Reals{0.5F, 1.5F}}, {"default_float", 9.0F}},
                                {integers({2, 2}, {5, 3, 4, 5})})) == Reals{1.5F, 0.5F, 9, 1.5F});
}

TEST_CASE("values of LabelEncoder that are strings are positions among the distinct ones, the default behind") {
  CHECK(elements<std::int64_t>(run_one("LabelEncoder",
                                       {{"keys_int64s", Integers{1, 2, 3}}, {"values_strings", std::string("low,high,low")}},
                                       {integers({4}, {3, 2, 1, 7})})) == Integers{0, 1, 0, 2});
}

TEST_CASE("CategoryMapper gives the position of the name that an integer stands for") {
  const Attrs attrs{{"cats_int64s", Integers{7, 3}}, {"cats_strings", std::string("low,high")}};
  CHECK(elements<std::int64_t>(run_one("CategoryMapper", attrs, {integers({3}, {3, 7, 5})})) == Integers{1, 0, 2});
  const Attrs short_list{{"cats_int64s", Integers{7}}, {"cats_strings", std::string("low,high")}};
  CHECK(rejection("CategoryMapper", short_list, {integers({1}, {3})}) == Code::attribute_range);
}

TEST_CASE("FeatureVectorizer puts rows side by side, cut or filled with zeros to the width that is asked for") {
  const std::vector<Tensor> inputs{floats({2, 2}, {1, 2, 3, 4}), integers({2, 1}, {5, 6})};
  CHECK(elements<float>(run_one("FeatureVectorizer", {}, inputs)) == Reals{1, 2, 5, 3, 4, 6});
  CHECK(elements<float>(run_one("FeatureVectorizer", {{"inputdimensions", Integers{1, 2}}}, inputs)) == Reals{1, 5, 0, 3, 6, 0});
}

TEST_CASE("ArrayFeatureExtractor picks columns; a vector gives a matrix with one row") {
  const Tensor x = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(elements<float>(run_one("ArrayFeatureExtractor", {}, {x, integers({1, 2}, {2, 0})})) == Reals{3, 1, 6, 4});
  CHECK(extents(run_one("ArrayFeatureExtractor", {}, {floats({3}, {1, 2, 3}), integers({1}, {1})})) == Integers{1, 1});
}

TEST_CASE("the label of a linear classifier is that of the first largest score, before the transformation") {
  const Attrs attrs{{"coefficients", Reals{1, 0, 0, 1, 1, 1}}, {"intercepts", Reals{0, 0, 0}},
                    {"classlabels_ints", Integers{30, 20, 10}}, {"post_transform", std::string("SOFTMAX")}};
  const auto results = run("LinearClassifier", attrs, {floats({2, 2}, {2, 0, -1, -1})}, 2);
  REQUIRE(results);
  CHECK(elements<std::int64_t>((*results)[0]) == Integers{30, 30});  // the scores 2, 0, 2 and -1, -1, -2
  CHECK(elements<float>((*results)[1])[0] == Approx(std::exp(2.0) / (2.0 * std::exp(2.0) + 1.0)));
}

TEST_CASE("one score for two classes decides by its sign") {
  const Attrs attrs{{"coefficients", Reals{1}}, {"intercepts", Reals{0}}, {"classlabels_strings", std::string("no,yes")}};
  const auto results = run("LinearClassifier", attrs, {floats({3, 1}, {-1, 0, 0.25F})}, 2);
  REQUIRE(results);
  CHECK(elements<std::int64_t>((*results)[0]) == Integers{0, 0, 1});
  CHECK(elements<float>((*results)[1]) == Reals{2, -1, 1, 0, 0.75F, 0.25F});
}

TEST_CASE("support vectors vote for the classes, pair by pair") {
  // One vector per class at 0, 10 and 20 of a line, each for its own class against both others.
  const Attrs attrs{{"kernel_type", std::string("RBF")}, {"kernel_params", Reals{0.1F, 0, 0}},
                    {"support_vectors", Reals{0, 10, 20}}, {"vectors_per_class", Integers{1, 1, 1}},
                    {"coefficients", Reals{1, -1, -1, 1, 1, -1}}, {"rho", Reals{0, 0, 0}},
                    {"classlabels_ints", Integers{1, 2, 3}}};
  const auto results = run("SVMClassifier", attrs, {floats({3, 1}, {1, 11, 19})}, 2);
  REQUIRE(results);
  CHECK(elements<std::int64_t>((*results)[0]) == Integers{1, 2, 3});
  CHECK(extents((*results)[1]) == Integers{3, 3});
  CHECK(elements<float>((*results)[1])[0] == Approx(std::exp(-0.1) - std::exp(-8.1)));
}

TEST_CASE("a machine of one class says whether a sample belongs to it") {
  const Attrs attrs{{"kernel_type", std::string("RBF")}, {"kernel_params", Reals{1, 0, 0}}, {"n_supports", std::int64_t{1}},
                    {"support_vectors", Reals{0, 0}}, {"coefficients", Reals{1}}, {"rho", Reals{-0.5F}},
                    {"one_class", std::int64_t{1}}};
  CHECK(elements<float>(run_one("SVMRegressor", attrs, {floats({2, 2}, {0.1F, 0, 2, 0})})) == Reals{1, -1});
}

TEST_CASE("coupled pairs are probabilities that agree with each of them") {
  const Tensor p = run_one("PairwiseCoupling", {{"classes", std::int64_t{3}}}, {floats({1, 3}, {0.6F, 0.75F, 2.0F / 3.0F})});
  const std::vector<float> found = elements<float>(p);  // 3 : 2 : 1 up to the tolerance of the method
  CHECK(found[0] + found[1] + found[2] == Approx(1.0));
  CHECK(found[0] == Approx(0.5).margin(0.01));
  CHECK(found[1] == Approx(1.0 / 3.0).margin(0.01));
}

TEST_CASE("TopK orders the best elements; of equal ones the first comes first") {
  const auto best = [](const Tensor& x, std::int64_t k, std::int64_t largest) {
    return run("TopK", {{"k", Integers{k}}, {"largest", largest}}, {x}, 2);
  };
  const auto results = best(floats({2, 4}, {1, 3, 3, 2, 0, -1, 5, 4}), 3, 1);
  REQUIRE(results);
  CHECK(elements<float>((*results)[0]) == Reals{3, 3, 2, 5, 4, 0});
  CHECK(elements<std::int64_t>((*results)[1]) == Integers{1, 2, 3, 2, 3, 0});
  CHECK(elements<std::int64_t>((*best(floats({4}, {1, 0, 0, 2}), 2, 0))[1]) == Integers{1, 2});
  CHECK(rejection("TopK", {{"k", Integers{5}}}, {floats({4}, {1, 2, 3, 4})}, 2) == Code::attribute_range);
}

TEST_CASE("CDist gives distances, squared or not") {
  const std::vector<Tensor> points{floats({1, 2}, {0, 0}), floats({2, 2}, {3, 4, 1, 0})};
  CHECK(elements<float>(run_one("CDist", {}, points)) == Reals{25, 1});
  CHECK(elements<float>(run_one("CDist", {{"metric", std::string("euclidean")}}, points)) == Reals{5, 1});
}
