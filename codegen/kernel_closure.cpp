#include <algorithm>

#include "codegen/kernel_catalog.hpp"
#include "codegen/parts.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

std::string_view text_of(std::string_view file) {
  const auto files = kernel_files();
  const auto found = std::ranges::find(files, file, &KernelFile::name);
  MOTE_CHECK(found != files.end());
  return found->text;
}

std::vector<std::string> quoted_includes(std::string_view text) {
  static constexpr std::string_view directive = "#include \"";
  std::vector<std::string> names;
  for (std::size_t at = text.find(directive); at != std::string_view::npos; at = text.find(directive, at + 1)) {
    const std::size_t start = at + directive.size();
    names.emplace_back(text.substr(start, text.find('"', start) - start));
  }
  return names;
}

}  // namespace

std::map<std::string, std::string> kernel_closure(const Plan& plan) {
  std::vector<std::string> pending{"kernel_base.hpp"};
  for (const Step& step : plan.steps) pending.push_back(step.call.header + ".hpp");
  std::map<std::string, std::string> closure;
  while (!pending.empty()) {
    const std::string file = pending.back();
    pending.pop_back();
    const auto [entry, added] = closure.emplace(file, text_of(file));
    if (!added) continue;
    for (std::string& included : quoted_includes(entry->second)) pending.push_back(std::move(included));
  }
  return closure;
}

}  // namespace mote
