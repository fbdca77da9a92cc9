#include "lib/data/data_set.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

const Graph image_model = graph_with({{"image", floats({1, 2, 1, 3})}});

DataSet opened(const std::vector<std::string>& sources, const Graph& graph = image_model, RowRange rows = {}) {
  auto set = DataSet::open({.sources = sources, .preprocess = {}, .rows = rows}, graph);
  if (!set) FAIL(render(set.error()));
  return *set;
}

Diagnostic refused(const std::vector<std::string>& sources, const Graph& graph = image_model, const PreprocessMap& how = {}) {
  const auto set = DataSet::open({.sources = sources, .preprocess = how, .rows = {}}, graph);
  REQUIRE_FALSE(set);
  return set.error();
}

Diagnostic bad_row(const DataSet& set, std::int64_t row) {
  const auto sample = set.sample(row);
  REQUIRE_FALSE(sample);
  return sample.error();
}

}  // namespace

TEST_CASE("the first axis of a .npy is the sample; the batch axis of the input may be there or not") {
  for (const std::vector<std::int64_t>& extents :
       {std::vector<std::int64_t>{4, 2, 1, 3}, {4, 1, 2, 1, 3}, {4, 2, 3}, {4, 6}}) {
    const DataSet set = opened({write_npy("rows.npy", counting(extents))});
    CHECK(set.size() == 4);
    CHECK(sample_values(set, 2) == std::vector<double>{12, 13, 14, 15, 16, 17});
    CHECK((*set.sample(2))[0].shape == *Shape::make({1, 2, 1, 3}));
  }
}

TEST_CASE("rows can be read again and in any order") {
  const DataSet set = opened({write_npy("rows.npy", counting({4, 6}))});
  CHECK(sample_values(set, 3)[0] == 18);
  CHECK(sample_values(set, 0)[0] == 0);
  CHECK(sample_values(set, 3)[0] == 18);
}

TEST_CASE("an array that is exactly one sample counts as one") {
  CHECK(opened({write_npy("one.npy", counting({2, 1, 3}))}).size() == 1);
  CHECK(opened({write_npy("one.npy", counting({1, 2, 1, 3}))}).size() == 1);
}

TEST_CASE("double precision data becomes single, big-endian and Fortran order are understood") {
  Tensor doubles = convert(counting({2, 6}), DType::f64);
  CHECK(sample_values(opened({write_npy("f64.npy", doubles)}), 1)[5] == 11);

  Bytes fortran = npy_bytes(counting({6, 2}));  // read as the transpose: 2 rows of 6, column by column
  std::string text(reinterpret_cast<const char*>(fortran.data()), fortran.size());
  text.replace(text.find("False"), 5, "True ");
  text.replace(text.find("(6, 2)"), 6, "(2, 6)");
  CHECK(sample_values(opened({write("fortran.npy", text)}), 1) == std::vector<double>{1, 3, 5, 7, 9, 11});

  text = std::string(reinterpret_cast<const char*>(fortran.data()), fortran.size());
  text.replace(text.find("(6, 2)"), 6, "(2, 6)");
  text.replace(text.find("<f4"), 3, ">f4");
  for (std::size_t at = text.size() - 48; at < text.size(); at += 4) std::reverse(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(at) + 4);
  CHECK(sample_values(opened({write("big.npy", text)}), 1)[0] == 6);
}

TEST_CASE("rows are chosen behind the file's name and with a range, one inside the other") {
  const std::string file = write_npy("ten.npy", counting({10, 6}));
  const DataSet part = opened({file + "[2:8]"}, image_model, {1, 4});
  CHECK(part.size() == 3);
  CHECK(part.first_row() == 1);
  CHECK(part.stored_rows() == 6);
  CHECK(sample_values(part, 0)[0] == 18);
  CHECK(opened({file + "[:3]"}).size() == 3);
  CHECK(opened({file + "[7:]"}).size() == 3);
  CHECK_THAT(refused({file + "[5:11]"}).message, Contains("5:11") && Contains("holds 10"));
  CHECK(refused({file + "[5:x]"}).code == Code::usage);
}

TEST_CASE("a .csv gives one sample per line, with or without header") {
  const std::string lines = "0,1,2,3,4,5\n6,7,8,9,10,\"11\"\n";
  CHECK(sample_values(opened({write("bare.csv", lines)}), 1)[5] == 11);
  const DataSet set = opened({write("header.csv", "a,b,c,d,e,f\n" + lines)});
  CHECK(set.size() == 2);
  CHECK(sample_values(set, 0)[5] == 5);
}

TEST_CASE("a field that is no number names file, row and column") {
  const DataSet set = opened({write("word.csv", "0,1,2,3,4,5\n6,7,red,9,10,11\n")});
  const Diagnostic problem = bad_row(set, 1);
  CHECK(problem.code == Code::bad_data);
  CHECK_THAT(problem.where.file, Contains("word.csv"));
  CHECK_THAT(problem.message, Contains("row 1, column 3") && Contains("'red'"));
}

TEST_CASE("a folder's .npy files come in the order of their names, samples and batches alike") {
  write_npy("folder/a.npy", counting({2, 1, 3}));
  write_npy("folder/b.npy", counting({2, 2, 1, 3}));
  const DataSet set = opened({scratch("folder")});
  CHECK(set.size() == 3);
  CHECK(sample_values(set, 0)[0] == 0);
  CHECK(sample_values(set, 2)[0] == 6);
}

TEST_CASE("several inputs come from named files, a .npz or a folder per input") {
  const Graph two = graph_with({{"a", floats({1, 2})}, {"b", floats({1, 3})}});
  const Tensor a = counting({4, 2}), b = counting({4, 3});
  write_npy("two/a/rows.npy", a);
  write_npy("two/b/rows.npy", b);
  const auto archive = npz_bytes({{"a", a}, {"b", b}, {"unused", a}});
  REQUIRE(archive);
  for (const std::vector<std::string>& sources :
       {std::vector<std::string>{"a=" + write_npy("a.npy", a), "b=" + write_npy("b.npy", b)},
        {write("two.npz", *archive)}, {scratch("two")}}) {
    const DataSet set = opened(sources, two);
    CHECK(set.size() == 4);
    CHECK(sample_values(set, 1, 0) == std::vector<double>{2, 3});
    CHECK(sample_values(set, 3, 1) == std::vector<double>{9, 10, 11});
  }
  CHECK_THAT(refused({"a=" + scratch("a.npy")}, two).message, Contains("no data for input 'b'"));
  CHECK_THAT(refused({"a=" + scratch("a.npy"), "b=" + scratch("b.npy") + "[:3]"}, two).message,
             Contains("holds 3 samples") && Contains("holds 4"));
  CHECK(refused({scratch("a.npy")}, two).code == Code::usage);
  CHECK(refused({"c=" + scratch("a.npy")}, two).code == Code::unknown_name);
}

TEST_CASE("a wrong shape says what was found and expected") {
  const Diagnostic problem = refused({write_npy("wrong.npy", counting({4, 2, 4}))});
  CHECK(problem.code == Code::bad_data);
  CHECK_THAT(problem.message, Contains("2x4") && Contains("expected 1x2x1x3"));
  CHECK_FALSE(problem.help.empty());
}

TEST_CASE("axes are not mixed up because the counts agree") {
  CHECK(refused({write_npy("turned.npy", counting({4, 3, 2}))}).code == Code::bad_data);
}

TEST_CASE("NaN and infinity are found, with row and element") {
  Tensor rows = counting({3, 6});
  rows.as<float>()[8] = std::numeric_limits<float>::quiet_NaN();
  rows.as<float>()[17] = std::numeric_limits<float>::infinity();
  const DataSet set = opened({write_npy("nan.npy", rows)});
  CHECK(set.sample(0));
  CHECK_THAT(bad_row(set, 1).message, Contains("row 1") && Contains("element 2 is nan"));
  CHECK_THAT(bad_row(set, 2).message, Contains("row 2") && Contains("element 5 is inf"));
}

TEST_CASE("an empty set is refused") {
  CHECK_THAT(refused({write_npy("empty.npy", counting({0, 6}))}).message, Contains("no samples"));
  CHECK_THAT(refused({write("empty.csv", "a,b,c,d,e,f\n")}).message, Contains("no rows"));
}

TEST_CASE("a truncated file is refused before a row is read") {
  Bytes bytes = npy_bytes(counting({4, 6}));
  bytes.pop_back();
  CHECK(refused({write("short.npy", bytes)}).code == Code::malformed_array);
}

TEST_CASE("integers feed a float input only when the preprocessing says so") {
  const std::string file = write_npy("bytes.npy", tensor<std::uint8_t>(DType::u8, {1, 6}, {0, 51, 102, 153, 204, 255}));
  const Diagnostic problem = refused({file});
  CHECK_THAT(problem.message, Contains("u8") && Contains("f32"));
  CHECK_THAT(problem.help.at(0), Contains("scale"));
  const auto set = DataSet::open({.sources = {file}, .preprocess = {{"image", {.scale = {1.0 / 255}, .mean = {}, .layout = {}, .given = true}}}, .rows = {}}, image_model);
  REQUIRE(set);
  CHECK(sample_values(*set, 0) == std::vector<double>{0, 0.2F, 0.4F, 0.6F, 0.8F, 1});
}

TEST_CASE("integers of another width feed an integer input if every number fits") {
  const Graph indices = graph_with({{"index", {DType::s8, *Shape::make({1, 2}), {}}}});
  const DataSet set = opened({write_npy("wide.npy", tensor<std::int64_t>(DType::s64, {2, 2}, {-128, 127, 5, 128}))}, indices);
  CHECK(sample_values(set, 0) == std::vector<double>{-128, 127});
  CHECK_THAT(bad_row(set, 1).message, Contains("128") && Contains("s8"));
  CHECK(refused({write_npy("reals.npy", counting({2, 2}))}, indices).code == Code::bad_data);
}

TEST_CASE("a set larger than any memory is opened and read in place") {
  // A sparse file of 1 TiB claimed size: 2^35 rows of 8 floats.
  Bytes header = npy_bytes(counting({1, 8}));
  std::string text(reinterpret_cast<const char*>(header.data()), header.size() - 32);
  const std::string rows = "34359738368";
  text.replace(text.find("(1, 8)"), 6, "(" + rows + ", 8)");
  text.erase(text.rfind(std::string(rows.size() - 1, ' ') + "\n"), rows.size() - 1);
  const std::string file = write("huge.npy", text);
  std::error_code unsupported;
  std::filesystem::resize_file(file, text.size() + (std::uintmax_t{1} << 40U), unsupported);
  if (unsupported) {
    WARN("SKIPPED: this file system has no files of 1 TiB");
    return;
  }
  const DataSet set = opened({file}, graph_with({{"x", floats({1, 8})}}));
  CHECK(set.size() == std::int64_t{1} << 35);
  CHECK(sample_values(set, set.size() - 1)[7] == 0);
  std::filesystem::remove(file);
}
