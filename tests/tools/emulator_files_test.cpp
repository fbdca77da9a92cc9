#include "tools/emulator_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "tools/emulator_boards.hpp"

using namespace mote;

namespace {

bool is_embedded(const std::string& name) {
  return std::ranges::find(emulator_files(), name, &EmulatorFile::name) != emulator_files().end();
}

}  // namespace

TEST_CASE("the embedded board support is the files, byte for byte") {
  for (const EmulatorFile& file : emulator_files()) {
    INFO(file.name);
    std::ifstream stream(std::filesystem::path("tools/emulators") / file.name, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    CHECK(text.str() == file.text);
  }
  const auto entries = std::filesystem::directory_iterator("tools/emulators");
  CHECK(std::distance(begin(entries), end(entries)) == std::ssize(emulator_files()));
}

TEST_CASE("every board finds its sources and scripts among them, and is found by its name") {
  CHECK(is_embedded("console.hpp"));
  for (const Board& board : all_boards()) {
    INFO(board.name);
    CHECK(find_board(board.name) == &board);
    for (const std::string& name : board.sources) CHECK(is_embedded(name));
    for (const std::string& name : board.scripts) CHECK(is_embedded(name));
  }
  CHECK(find_board("cortex-m99") == nullptr);
}
