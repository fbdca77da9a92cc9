#include "tools/process.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

using namespace mote;
using namespace std::chrono_literals;

namespace {

ProcessResult run(const std::vector<std::string>& arguments, const ProcessLimits& limits = {}) {
  const Result<ProcessResult> result = run_process(arguments, limits);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("arguments arrive as they are, without a shell") {
  const ProcessResult result = run({"printf", "%s|", "two words", "$HOME;*", ""});
  CHECK(result.end == ProcessEnd::exited);
  CHECK(result.status == 0);
  CHECK(result.standard_output == "two words|$HOME;*||");
  CHECK(result.standard_error.empty());
}

TEST_CASE("both streams and the exit status are reported") {
  const ProcessResult result = run({"sh", "-c", "echo out; echo err >&2; exit 7"});
  CHECK(result.standard_output == "out\n");
  CHECK(result.standard_error == "err\n");
  CHECK(result.status == 7);
}

TEST_CASE("the input of a child is empty") { CHECK(run({"cat"}).standard_output.empty()); }

TEST_CASE("a child ended by a signal is told apart") {
  const ProcessResult result = run({"sh", "-c", "kill -9 $$"});
  CHECK(result.end == ProcessEnd::signalled);
  CHECK(result.status == 9);
}

TEST_CASE("a child is killed at the time limit, with its own children") {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = run({"sh", "-c", "echo begun; sleep 30 & wait"}, {.time = 300ms});
  CHECK(result.end == ProcessEnd::timed_out);
  CHECK(result.standard_output == "begun\n");
  CHECK(std::chrono::steady_clock::now() - start < 10s);
}

TEST_CASE("a child that closes its streams is still waited for") {
  CHECK(run({"sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 3"}).status == 3);
  CHECK(run({"sh", "-c", "exec >&- 2>&-; sleep 30"}, {.time = 200ms}).end == ProcessEnd::timed_out);
}

TEST_CASE("output beyond the limit ends the child; what came before is kept") {
  const ProcessResult result = run({"yes"}, {.time = 20s, .output_bytes = 1000});
  CHECK(result.end == ProcessEnd::output_exceeded);
  CHECK(result.standard_output.size() == 1000);
  const ProcessResult exact = run({"printf", "12345"}, {.time = 20s, .output_bytes = 5});
  CHECK(exact.end == ProcessEnd::exited);
  CHECK(exact.standard_output == "12345");
}

TEST_CASE("a program that is not there is reported by name") {
  const Result<ProcessResult> result = run_process({"no-such-program-here"});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::tool_missing);
  CHECK(result.error().message.find("no-such-program-here") != std::string::npos);
  CHECK_FALSE(run_process({}));
  CHECK_FALSE(run_process({"/etc/passwd"}));
}

TEST_CASE("programs are found on PATH, or by their path") {
  REQUIRE(find_program("sh"));
  CHECK(find_program(find_program("sh")->string()) == find_program("sh"));
  CHECK_FALSE(find_program("/no/such/program"));
  CHECK_FALSE(find_program(""));
}
