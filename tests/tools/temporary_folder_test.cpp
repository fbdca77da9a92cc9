#include "tools/temporary_folder.hpp"

#include <fstream>

#include <catch2/catch.hpp>

using namespace mote;

TEST_CASE("a temporary folder is private and gone at the end, with what it holds") {
  std::filesystem::path path;
  {
    const Result<TemporaryFolder> folder = TemporaryFolder::make();
    REQUIRE(folder);
    path = folder->path();
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          std::filesystem::perms::owner_all);
    std::filesystem::create_directory(path / "inner");
    std::ofstream(path / "inner" / "file") << "text";
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("two temporary folders differ") {
  const Result<TemporaryFolder> one = TemporaryFolder::make(), other = TemporaryFolder::make();
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->path() != other->path());
}
