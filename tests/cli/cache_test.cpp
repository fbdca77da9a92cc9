// Calibration that is kept between runs: the same firmware with and without, whatever is in the folder.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> to_int8{"--quantize", "int8", "--calibration", "samples/digits/digits_test_images.npy[0:60]"};

struct Compiled {
  std::map<std::string, std::string> files{};  // by path in the drop
  std::string log{};
};

Compiled compiled_with(std::vector<std::string> more) {
  const fs::path drop = fresh("cached");
  std::vector<std::string> arguments{"compile", digits, "-o", drop.string()};
  arguments.insert(arguments.end(), to_int8.begin(), to_int8.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  const ProcessResult result = mote_process(arguments);
  INFO(result.standard_error);
  REQUIRE(result.status == 0);
  Compiled found{.files = {}, .log = result.standard_error};
  for (const auto& entry : fs::recursive_directory_iterator(drop))
    if (entry.is_regular_file()) found.files[fs::relative(entry.path(), drop).string()] = contents(entry.path());
  return found;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

TEST_CASE("a second calibration comes from the cache and gives the same drop byte for byte", "[cache]") {
  const fs::path folder = fresh("cache-folder");
  const Compiled without = compiled_with({"--no-cache"});
  const Compiled first = compiled_with({"--cache", folder.string()});
  const Compiled second = compiled_with({"--cache", folder.string()});
  CHECK(first.files == without.files);
  CHECK(second.files == without.files);
  CHECK_THAT(without.log, !Contains("in the cache"));
  CHECK_THAT(first.log, !Contains("in the cache"));
  CHECK_THAT(second.log, Contains("what the samples give is in the cache") && Contains("the choice of ranges is in the cache"));
  CHECK(files_in(folder).size() == 2);
}

TEST_CASE("another option uses what the samples gave, and decides anew", "[cache]") {
  const fs::path folder = fresh("cache-folder");
  compiled_with({"--cache", folder.string()});
  const Compiled other = compiled_with({"--cache", folder.string(), "--range", "minmax"});
  CHECK_THAT(other.log, Contains("what the samples give is in the cache") && !Contains("the choice of ranges is in the cache"));
  CHECK(other.files == compiled_with({"--no-cache", "--range", "minmax"}).files);
}

TEST_CASE("damaged and foreign files in the cache are named, ignored and replaced", "[cache]") {
  const fs::path folder = fresh("cache-folder");
  const Compiled good = compiled_with({"--cache", folder.string()});
  const std::vector<fs::path> files = files_in(folder);
  std::map<fs::path, std::string> kept;
  for (const fs::path& file : files) kept[file] = contents(file);
  const auto half = [](const std::string& text) { return text.substr(0, text.size() / 2); };
  const auto flipped = [](std::string text) {
    text[text.size() - 20] = static_cast<char>(text[text.size() - 20] ^ 2);
    return text;
  };
  for (const auto& damage : {std::function<std::string(const std::string&)>(half), std::function<std::string(const std::string&)>(flipped),
                             std::function<std::string(const std::string&)>([](const std::string&) { return std::string(); }),
                             std::function<std::string(const std::string&)>([](const std::string&) { return std::string("\0\1\2", 3); })}) {
    for (const auto& [file, text] : kept) std::ofstream(file, std::ios::binary) << damage(text);
    const Compiled again = compiled_with({"--cache", folder.string()});
    CHECK(again.files == good.files);
    CHECK_THAT(again.log, Contains("warning W0606"));
    for (const auto& [file, text] : kept) CHECK(contents(file) == text);
  }
  fs::remove(files[0]);
  fs::create_directory(files[0]);
  CHECK(compiled_with({"--cache", folder.string()}).files == good.files);
}

TEST_CASE("a cache that cannot be written is no reason to fail", "[cache]") {
  const fs::path file = fresh("cache-file");
  std::ofstream(file) << "not a folder";
  CHECK(compiled_with({"--cache", file.string()}).files == compiled_with({"--no-cache"}).files);
  CHECK(contents(file) == "not a folder");
}

TEST_CASE("the cache keeps a bounded number of files", "[cache]") {
  const fs::path folder = fresh("cache-folder");
  fs::create_directories(folder);
  for (int i = 0; i < 100; ++i) {
    const fs::path file = folder / (std::to_string(i) + ".calibration");
    std::ofstream(file) << "old";
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1000 - i));
  }
  std::ofstream(folder / "mine.txt") << "of somebody else";
  compiled_with({"--cache", folder.string()});
  CHECK(files_in(folder).size() == 65);
  CHECK(fs::exists(folder / "mine.txt"));
  CHECK_FALSE(fs::exists(folder / "0.calibration"));
  CHECK_THAT(compiled_with({"--cache", folder.string()}).log, Contains("the choice of ranges is in the cache"));
}
