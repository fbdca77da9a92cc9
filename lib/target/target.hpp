#pragma once
#include <cstdint>
#include <string>

namespace mote {

// A microcontroller as the compiler sees it.
struct Target {
  std::string name{};
};

}  // namespace mote
