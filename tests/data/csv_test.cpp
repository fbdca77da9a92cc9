#include "lib/data/csv.hpp"

#include "tests/data/scratch.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::vector<CsvRecord> records(const std::string& text) {
  const auto bytes = open_bytes(write("records.csv", text));
  REQUIRE(bytes);
  CsvReader reader(*bytes, "records.csv");
  std::vector<CsvRecord> all;
  while (true) {
    auto record = reader.next();
    REQUIRE(record);
    if (!*record) return all;
    all.push_back(**record);
  }
}

}  // namespace

TEST_CASE("fields are separated by commas, records by line ends of either kind") {
  CHECK(records("a,b\nc,d\n") == std::vector<CsvRecord>{{"a", "b"}, {"c", "d"}});
  CHECK(records("a,b\r\nc,d") == std::vector<CsvRecord>{{"a", "b"}, {"c", "d"}});
  CHECK(records("a,,\n") == std::vector<CsvRecord>{{"a", "", ""}});
  CHECK(records("").empty());
}

TEST_CASE("quotes protect commas, line ends and doubled quotes") {
  CHECK(records("\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n") ==
        std::vector<CsvRecord>{{"a,b", "say \"hi\""}, {"two\nlines", ""}});
}

TEST_CASE("a byte order mark and empty lines are passed over") {
  CHECK(records("\xEF\xBB\xBF" "a\n\n\nb\n") == std::vector<CsvRecord>{{"a"}, {"b"}});
}

TEST_CASE("a quote that is never closed, and text behind a closing quote, are errors") {
  for (const std::string text : {"\"open", "a,\"b\nc\n", "\"a\"b\n"}) {
    CsvReader reader(*open_bytes(write("broken.csv", text)), "broken.csv");
    const auto record = reader.next();
    INFO(text);
    REQUIRE_FALSE(record);
    CHECK(record.error().code == Code::bad_data);
  }
}

TEST_CASE("numbers are decimal and whole fields") {
  CHECK(number_of(" -1.5e2 ") == -150.0);
  CHECK(number_of("+3") == 3.0);
  CHECK_FALSE(number_of("3x"));
  CHECK_FALSE(number_of(""));
  CHECK_FALSE(number_of("1 2"));
}

TEST_CASE("a table has a header when its first line is not all numbers") {
  const auto named = read_csv(write("named.csv", "site,age\nA,3\nB,4\n"));
  REQUIRE(named);
  CHECK(named->columns == CsvRecord{"site", "age"});
  CHECK(named->rows == std::vector<CsvRecord>{{"A", "3"}, {"B", "4"}});
  const auto bare = read_csv(write("bare.csv", "1,2\n3,4\n"));
  REQUIRE(bare);
  CHECK(bare->columns == CsvRecord{"column 1", "column 2"});
  CHECK(bare->rows.size() == 2);
}

TEST_CASE("a line with another number of fields is named") {
  const auto table = read_csv(write("ragged.csv", "a,b\n1,2\n3\n"));
  REQUIRE_FALSE(table);
  CHECK_THAT(table.error().message, Catch::Contains("line 3") && Catch::Contains("1 fields, expected 2"));
}
