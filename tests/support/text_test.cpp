#include "lib/support/text.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace mote;

TEST_CASE("numbers are printed in the shortest form that reads back exactly") {
  CHECK(number_text(1.0F / 6.0F) == "0.16666667");
  CHECK(number_text(1e-7F) == "1e-07");
  CHECK(number_text(3.0F) == "3.0");
  CHECK(number_text(std::numeric_limits<float>::infinity()) == "inf");
  CHECK(number_text(0.1) == "0.1");
}

TEST_CASE("any tensor name becomes a C identifier") {
  CHECK(c_identifier("StatefulPartitionedCall/conv2d:0") == "statefulpartitionedcall_conv2d_0");
  CHECK(c_identifier("1") == "t1");
  CHECK(c_identifier("") == "tensor");
  CHECK(c_identifier("float") == "float_tensor");
  CHECK(c_identifier("日本") == "tensor");
}

TEST_CASE("unique names never repeat") {
  UniqueNames names;
  CHECK(names.claim("conv") == "conv");
  CHECK(names.claim("conv") == "conv_2");
  CHECK(names.claim("Conv") == "conv_3");
  CHECK(names.claim("conv_2") == "conv_2_2");
}

TEST_CASE("misspelt words find their neighbours") {
  const std::vector<std::string> known{"stm32f411", "stm32f446", "nrf52840"};
  CHECK(nearest("stm32f41", known).front() == "stm32f411");
  CHECK(nearest("completely-else", known).empty());
}

TEST_CASE("hexadecimal text round-trips and rejects other letters") {
  std::vector<std::byte> bytes;
  REQUIRE(from_hex("00ff7a", bytes));
  CHECK(hex(bytes) == "00ff7a");
  CHECK_FALSE(from_hex("0g", bytes));
  CHECK_FALSE(from_hex("abc", bytes));
}
