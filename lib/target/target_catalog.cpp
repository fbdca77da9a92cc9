#include "lib/target/target_catalog.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "lib/support/check.hpp"
#include "lib/support/text.hpp"
#include "lib/target/part_files.hpp"
#include "lib/target/target_reader.hpp"

namespace mote {

namespace {

constexpr std::uintmax_t largest_file_bytes = 1 << 20;

struct Catalog {
  std::map<std::string, Target, std::less<>> targets{};             // by name
  std::map<std::string, std::string, std::less<>> name_of_alias{};  // names are their own alias
};

Catalog read_catalog() {
  Catalog catalog;
  for (const PartFile& file : part_files()) {
    Result<Target> target = parse_target(file.text, file.name);
    MOTE_CHECK(target);
    for (const std::string& alias : target->aliases)
      MOTE_CHECK(catalog.name_of_alias.emplace(alias, target->name).second);
    MOTE_CHECK(catalog.name_of_alias.emplace(target->name, target->name).second);
    std::string name = target->name;
    catalog.targets.emplace(std::move(name), *std::move(target));
  }
  return catalog;
}

const Catalog& catalog() {
  static const Catalog value = read_catalog();
  return value;
}

Diagnostic unknown_target(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [alias, target] : catalog().name_of_alias) known.push_back(alias);
  std::vector<std::string> help;
  for (const std::string& near : nearest(name, known)) help.push_back("did you mean '" + near + "'?");
  help.push_back("`mote list targets` shows all; the path of a TOML file works too");
  return {.severity = Severity::error,
          .code = Code::unknown_target,
          .message = "no target is named " + quoted(name),
          .where = {},
          .help = std::move(help)};
}

Diagnostic unreadable(const std::string& path, const std::string& why) {
  return {.severity = Severity::error,
          .code = Code::file_unreadable,
          .message = why,
          .where = {.file = path, .node = {}, .op_type = {}, .value = {}},
          .help = {}};
}

Result<Target> read_target_file(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    return unreadable(path, "the target description is no regular file");
  const std::uintmax_t bytes = std::filesystem::file_size(path, failed);
  if (failed || bytes > largest_file_bytes) {
    return unreadable(path, "the target description has " + std::to_string(bytes) + " bytes, at most " +
                                std::to_string(largest_file_bytes) + " are read");
  }
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream || !text) return unreadable(path, "the target description cannot be read");
  return parse_target(text.str(), path);
}

}  // namespace

std::vector<std::string> all_target_names() {
  std::vector<std::string> names;
  for (const auto& [name, target] : catalog().targets) names.push_back(name);
  return names;
}

Result<Target> find_target(std::string_view name) {
  const auto found = catalog().name_of_alias.find(name);
  if (found == catalog().name_of_alias.end()) return unknown_target(name);
  return catalog().targets.find(found->second)->second;
}

Result<Target> load_target(const std::string& name_or_path) {
  const bool is_path = name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".toml");
  return is_path ? read_target_file(name_or_path) : find_target(name_or_path);
}

}  // namespace mote
