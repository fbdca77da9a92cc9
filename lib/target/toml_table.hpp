#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/support/diagnostic.hpp"

namespace mote {

// Collects what is wrong with a TOML file, each problem with its line, so that a user sees all of them at once.
class TomlProblems {
 public:
  explicit TomlProblems(std::string origin, Code code = Code::malformed_target)
      : origin_(std::move(origin)), code_(code) {}

  void add(int line, std::string message, std::vector<std::string> help = {});
  [[nodiscard]] bool empty() const { return found_.empty(); }
  [[nodiscard]] Diagnostics take() { return std::move(found_); }

 private:
  std::string origin_;
  Code code_;
  Diagnostics found_{};
};

// Strict access to one table. Reading a key that is absent, of another type or out of range adds a problem and returns
// a harmless value, so readers stay straight-line code; `finish` adds a problem for every key that was never asked
// for. A table that is itself absent (or no table) reports that once and is silent about its keys.
class TomlTable {
 public:
  [[nodiscard]] bool has(std::string_view key);
  [[nodiscard]] int line() const;

  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  bool boolean(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t lowest, std::int64_t highest);  // `lowest` on a problem
  std::vector<double> reals(std::string_view key);  // one finite number, or a list of them
  std::size_t choice(std::string_view key, const std::vector<std::string>& names);        // index; 0 on a problem
  TomlTable table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key, std::size_t most);  // an array of tables

  void report(std::string_view key, const std::string& complaint);  // "<path>.<key> <complaint>", at the key's line
  void finish();

 private:
  friend class TomlDocument;
  TomlTable(const void* table, std::string path, TomlProblems& problems)
      : table_(table), path_(std::move(path)), problems_(&problems) {}
  const void* find(std::string_view key, const char* wanted);
  [[nodiscard]] std::string full_name(std::string_view key) const;

  const void* table_;  // the library's table, or null; its type stays inside the source file
  std::string path_;
  TomlProblems* problems_;
  std::set<std::string, std::less<>> asked_{};
};

// A parsed file; owns what its tables refer to.
class TomlDocument {
 public:
  [[nodiscard]] static TomlDocument parse(std::string_view text, TomlProblems& problems);
  [[nodiscard]] TomlTable root(TomlProblems& problems) const;

 private:
  std::shared_ptr<const void> table_{};
};

}  // namespace mote
