#pragma once
#include <stdexcept>
#include <string>

namespace mote {

// A broken invariant of mote itself, never of the user's input. Caught once, in main: exit code 70.
class InternalError : public std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_check(const char* condition, const char* file, int line) {
  const std::string path(file);
  throw InternalError(path.substr(path.find_last_of('/') + 1) + ":" + std::to_string(line) + ": broken invariant: " + condition);
}

}  // namespace mote

#define MOTE_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::mote::fail_check(#condition, __FILE__, __LINE__))
