#include "tests/random_models/check_cases.hpp"

#include "lib/ops/text_form.hpp"
#include "tests/random_models/shrink.hpp"

namespace mote::random_models {
namespace {

constexpr int most_shrunk = 2;  // a defect that many cases share is told by two of them

std::string problem_of(const Case& one, const Target& target, const Checker& check) {
  const auto compiled = compile_case(one, target);
  return compiled ? check({&*compiled, 1}) : render(compiled.error());
}

std::string described(const Case& one, const std::string& problem, const Target& target, const Checker& check) {
  const Case smallest = shrink(one, [&](const Case& trial) { return !problem_of(trial, target, check).empty(); });
  return "random network " + std::to_string(one.number) + ": " + problem + "the smallest part that fails:\n" +
         print(smallest.graph) + problem_of(smallest, target, check);
}

}  // namespace

std::string check_cases(const std::vector<std::uint64_t>& numbers, const Target& target, const Checker& check) {
  std::string problems;
  int shrunk = 0;
  const auto tell = [&](const Case& one, const std::string& problem) {
    problems += ++shrunk <= most_shrunk ? described(one, problem, target, check)
                                        : "random network " + std::to_string(one.number) + ": " + problem;
  };
  std::vector<CompiledCase> compiled;
  for (const std::uint64_t number : numbers) {
    const Case one = random_case(number);
    auto result = compile_case(one, target);
    if (result)
      compiled.push_back(*std::move(result));
    else
      tell(one, render(result.error()));
  }
  if (compiled.empty()) return problems;
  const std::string together = check(compiled);
  if (together.empty()) return problems;
  const std::string before = problems;
  for (const CompiledCase& each : compiled)
    if (const std::string problem = check({&each, 1}); !problem.empty()) tell(random_case(each.number), problem);
  return problems == before ? problems + "only together: " + together : problems;
}

}  // namespace mote::random_models
