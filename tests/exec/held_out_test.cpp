// Which samples judge what is learned from the others.
#include "lib/exec/held_out.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace mote;

TEST_CASE("a fifth of the samples is held out, the same ones every time") {
  const std::vector<bool> held_out = held_out_of(250);
  CHECK(std::ranges::count(held_out, true) == 50);
  CHECK(held_out == held_out_of(250));
}

TEST_CASE("a smaller share holds out a part of what a larger one does") {
  const std::vector<bool> few = held_out_of(100, 0.1), many = held_out_of(100, 0.3);
  CHECK(std::ranges::count(few, true) == 10);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK((!few[i] || many[i]));
}

TEST_CASE("some samples are left on either side") {
  for (const double share : {0.0, 0.9, 1.0}) {
    const std::vector<bool> held_out = held_out_of(3, share);
    CHECK(std::ranges::count(held_out, true) >= 1);
    CHECK(std::ranges::count(held_out, false) >= 1);
  }
  CHECK(held_out_of(1) == std::vector<bool>{false});
  CHECK(held_out_of(0).empty());
}
