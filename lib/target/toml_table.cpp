#include "lib/target/toml_table.hpp"

#include <algorithm>
#include <cmath>

#include <toml++/toml.h>

#include "lib/support/text.hpp"

namespace mote {

namespace {

const toml::table& as_table(const void* table) { return *static_cast<const toml::table*>(table); }
const toml::node& as_node(const void* node) { return *static_cast<const toml::node*>(node); }

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a floating-point number";
    case toml::node_type::boolean: return "a boolean";
    default: return "a date or time";
  }
}

}  // namespace

void TomlProblems::add(int line, std::string message, std::vector<std::string> help) {
  found_.push_back({.severity = Severity::error,
                    .code = code_,
                    .message = "line " + std::to_string(line) + ": " + std::move(message),
                    .where = {.file = origin_, .node = {}, .op_type = {}, .value = {}},
                    .help = std::move(help)});
}

std::string TomlTable::full_name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

bool TomlTable::has(std::string_view key) {
  asked_.emplace(key);  // optional keys are known ones, present or not
  return table_ != nullptr && as_table(table_).contains(key);
}

int TomlTable::line() const { return table_ == nullptr ? 1 : line_of(as_table(table_)); }

const void* TomlTable::find(std::string_view key, const char* wanted) {
  if (table_ == nullptr) return nullptr;
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  // The document's own table starts at line 1; a problem there is still a usable place.
  if (node == nullptr) problems_->add(std::max(line(), 1), full_name(key) + " is missing, must be " + wanted);
  return node;
}

void TomlTable::report(std::string_view key, const std::string& complaint) {
  const toml::node* node = table_ == nullptr ? nullptr : as_table(table_).get(key);
  problems_->add(node == nullptr ? line() : line_of(*node), full_name(key) + " " + complaint);
}

std::string TomlTable::text(std::string_view key) {
  const void* found = find(key, "text");
  if (found == nullptr) return {};
  if (const auto* value = as_node(found).as_string()) return value->get();
  report(key, "is " + kind_of(as_node(found)) + ", must be text");
  return {};
}

bool TomlTable::boolean(std::string_view key) {
  const void* found = find(key, "true or false");
  if (found == nullptr) return false;
  if (const auto* value = as_node(found).as_boolean()) return value->get();
  report(key, "is " + kind_of(as_node(found)) + ", must be true or false");
  return false;
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t lowest, std::int64_t highest) {
  const void* found = find(key, "an integer");
  if (found == nullptr) return lowest;
  const auto* value = as_node(found).as_integer();
  if (value == nullptr) {
    report(key, "is " + kind_of(as_node(found)) + ", must be an integer");
    return lowest;
  }
  const std::int64_t number = value->get();
  if (number >= lowest && number <= highest) return number;
  report(key, "is " + std::to_string(number) + ", must be " + std::to_string(lowest) + ".." + std::to_string(highest));
  return lowest;
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
  const void* found = find(key, "a list of text");
  if (found == nullptr) return {};
  std::vector<std::string> values;
  const toml::array* list = as_node(found).as_array();
  if (list == nullptr) {
    report(key, "is " + kind_of(as_node(found)) + ", must be a list of text");
    return {};
  }
  for (const toml::node& element : *list) {
    if (const auto* value = element.as_string()) {
      values.push_back(value->get());
    } else {
      report(key, "contains " + kind_of(element) + ", must be a list of text");
    }
  }
  return values;
}

std::vector<double> TomlTable::reals(std::string_view key) {
  const void* found = find(key, "a number or a list of numbers");
  if (found == nullptr) return {};
  std::vector<double> values;
  const auto add = [&](const toml::node& node) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (value && std::isfinite(*value)) return values.push_back(*value);
    report(key, "contains " + (value ? number_text(*value) : kind_of(node)) + ", must be finite numbers");
  };
  if (const toml::array* list = as_node(found).as_array()) {
    for (const toml::node& element : *list) add(element);
  } else {
    add(as_node(found));
  }
  return values;
}

std::size_t TomlTable::choice(std::string_view key, const std::vector<std::string>& names) {
  if (table_ == nullptr) return 0;
  std::string listed;
  for (const std::string& name : names) listed += (listed.empty() ? "'" : ", '") + name + "'";
  const void* found = find(key, ("one of " + listed).c_str());
  if (found == nullptr) return 0;
  const auto* value = as_node(found).as_string();
  const auto place = value == nullptr ? names.end() : std::find(names.begin(), names.end(), value->get());
  if (place != names.end()) return static_cast<std::size_t>(place - names.begin());
  report(key,
         "is " + (value == nullptr ? kind_of(as_node(found)) : quoted(value->get())) + ", must be one of " + listed);
  return 0;
}

TomlTable TomlTable::table(std::string_view key) {
  const void* found = find(key, "a table");
  const toml::table* inner = found == nullptr ? nullptr : as_node(found).as_table();
  if (found != nullptr && inner == nullptr) report(key, "is " + kind_of(as_node(found)) + ", must be a table");
  return {inner, full_name(key), *problems_};
}

std::vector<TomlTable> TomlTable::tables(std::string_view key, std::size_t most) {
  const void* found = find(key, "a list of tables");
  if (found == nullptr) return {};
  const toml::array* list = as_node(found).as_array();
  if (list == nullptr) {
    report(key, "is " + kind_of(as_node(found)) + ", must be a list of tables");
    return {};
  }
  if (list->size() > most) {
    report(key, "has " + std::to_string(list->size()) + " entries, at most " + std::to_string(most) + " are read");
    return {};
  }
  std::vector<TomlTable> result;
  for (const toml::node& element : *list) {
    const toml::table* inner = element.as_table();
    if (inner == nullptr) report(key, "contains " + kind_of(element) + ", must be a list of tables");
    result.push_back({inner, full_name(key), *problems_});
  }
  return result;
}

void TomlTable::finish() {
  if (table_ == nullptr) return;
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (auto&& [key, node] : as_table(table_)) {
    if (asked_.contains(key.str())) continue;
    std::vector<std::string> help;
    for (const std::string& near : nearest(key.str(), known)) help.push_back("did you mean '" + near + "'?");
    problems_->add(line_of(node), "unknown key " + full_name(quoted(key.str())), std::move(help));
  }
}

TomlDocument TomlDocument::parse(std::string_view text, TomlProblems& problems) {
  TomlDocument document;
  // The packaged library is built with exceptions: they end here.
  try {
    document.table_ = std::make_shared<toml::table>(toml::parse(text));
  } catch (const toml::parse_error& error) {
    problems.add(static_cast<int>(error.source().begin.line), std::string(error.description()));
  }
  return document;
}

TomlTable TomlDocument::root(TomlProblems& problems) const { return {table_.get(), "", problems}; }

}  // namespace mote
