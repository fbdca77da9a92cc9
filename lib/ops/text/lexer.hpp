#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/support/result.hpp"

namespace mote {

// Letters of a name that needs no quotes.
[[nodiscard]] constexpr bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' ||
         c == '-' || c == '$';
}

// One line of the text form, read from left to right. The first problem sticks: every reader then does nothing, so
// that callers check once per line.
class LineReader {
 public:
  LineReader(std::string_view line, std::size_t number) : line_(line), number_(number) {}

  [[nodiscard]] bool at_end();            // nothing left but spaces or a comment
  [[nodiscard]] bool accept(char symbol);  // skips spaces, then the symbol if it is there
  [[nodiscard]] bool accept(std::string_view word);
  void expect(char symbol);
  [[nodiscard]] std::string name();       // an unquoted name
  [[nodiscard]] std::string name_or_text();
  [[nodiscard]] std::string text();       // a quoted text, unescaped
  [[nodiscard]] std::string_view number();  // letters of a number: digits, sign, '.', exponent, inf, nan
  [[nodiscard]] std::string_view letters(std::string_view allowed);
  [[nodiscard]] std::optional<std::string_view> comment();  // the rest after "//"

  void fail(std::string message);
  void fail_at(std::size_t column, std::string message);
  [[nodiscard]] bool failed() const { return problem_.has_value(); }
  [[nodiscard]] const Diagnostic& problem() const { return *problem_; }
  [[nodiscard]] std::size_t column();     // 0-based, of the next letter

 private:
  void skip_spaces();
  [[nodiscard]] char peek();

  std::string_view line_;
  std::size_t number_;
  std::size_t place_ = 0;
  std::optional<Diagnostic> problem_{};
};

// Numbers of a list, with their exact type. Nothing when the letters are no such number or do not fit.
template <class T>
[[nodiscard]] std::optional<T> read_number(std::string_view letters);

}  // namespace mote
