#include "lib/support/word_list.hpp"

#include <catch2/catch.hpp>

using namespace mote;

namespace {
using Words = std::vector<std::string>;
}

TEST_CASE("words that are plain have commas between them") {
  CHECK(joined_words(Words{"no", "yes"}) == "no,yes");
  CHECK(split_words("no,yes") == Words{"no", "yes"});
  CHECK(joined_words(Words{}).empty());
  CHECK(split_words("").empty());
}

TEST_CASE("every list of words comes back, whatever is in the words") {
  for (const Words& words : {Words{"a, b", "c"}, Words{"\\", ",", "\\,"}, Words{"", "second"}, Words{"first", ""},
                             Words{"say \"no\"", "line\nend"}, Words{"", "", ""}})
    CHECK(split_words(joined_words(words)) == words);
}

TEST_CASE("a backslash at the end of a text stands for itself") { CHECK(split_words("a\\") == Words{"a\\"}); }
