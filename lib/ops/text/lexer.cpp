#include "lib/ops/text/lexer.hpp"

#include <charconv>
#include <limits>

namespace mote {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  return std::nullopt;
}

}  // namespace

void LineReader::skip_spaces() {
  while (place_ < line_.size() && (line_[place_] == ' ' || line_[place_] == '\t' || line_[place_] == '\r')) ++place_;
}

char LineReader::peek() {
  skip_spaces();
  return place_ < line_.size() ? line_[place_] : '\0';
}

std::size_t LineReader::column() {
  skip_spaces();
  return place_;
}

void LineReader::fail(std::string message) { fail_at(column(), std::move(message)); }

void LineReader::fail_at(std::size_t column, std::string message) {
  if (problem_) return;
  problem_ = Diagnostic{.code = Code::malformed_text,
                        .message = std::to_string(number_) + ":" + std::to_string(column + 1) + ": " + message};
}

bool LineReader::at_end() { return failed() || peek() == '\0' || line_.substr(place_).starts_with("//"); }

bool LineReader::accept(char symbol) {
  if (failed() || peek() != symbol || symbol == '\0') return false;
  ++place_;
  return true;
}

bool LineReader::accept(std::string_view word) {
  if (failed()) return false;
  skip_spaces();
  if (!line_.substr(place_).starts_with(word)) return false;
  place_ += word.size();
  return true;
}

void LineReader::expect(char symbol) {
  if (!accept(symbol)) fail(std::string("expected '") + symbol + "'");
}

std::string LineReader::name() {
  if (failed()) return {};
  skip_spaces();
  const std::size_t start = place_;
  while (place_ < line_.size() && is_name_letter(line_[place_])) ++place_;
  if (place_ == start) fail("expected a name");
  return std::string(line_.substr(start, place_ - start));
}

std::string LineReader::name_or_text() { return peek() == '"' ? text() : name(); }

std::string LineReader::text() {
  expect('"');
  std::string result;
  while (!failed()) {
    if (place_ >= line_.size()) {
      fail("the text does not end");
      break;
    }
    const char letter = line_[place_++];
    if (letter == '"') break;
    if (letter != '\\') {
      result += letter;
      continue;
    }
    const char escape = place_ < line_.size() ? line_[place_++] : '\0';
    if (escape == 'n') {
      result += '\n';
    } else if (escape == '"' || escape == '\\') {
      result += escape;
    } else if (escape == 'x' && place_ + 1 < line_.size() && hex_digit(line_[place_]) && hex_digit(line_[place_ + 1])) {
      result += static_cast<char>(*hex_digit(line_[place_]) * 16U + *hex_digit(line_[place_ + 1]));
      place_ += 2;
    } else {
      fail("not an escape: use \\n, \\\", \\\\ or \\xNN");
    }
  }
  return result;
}

std::string_view LineReader::number() { return letters("0123456789+-.einfa"); }

std::string_view LineReader::letters(std::string_view allowed) {
  if (failed()) return {};
  skip_spaces();
  const std::size_t start = place_;
  while (place_ < line_.size() && allowed.find(line_[place_]) != std::string_view::npos) ++place_;
  return line_.substr(start, place_ - start);
}

std::optional<std::string_view> LineReader::comment() {
  if (failed()) return std::nullopt;
  skip_spaces();
  if (!line_.substr(place_).starts_with("//")) return std::nullopt;
  return line_.substr(place_ + 2);
}

template <class T>
std::optional<T> read_number(std::string_view letters) {
  if constexpr (std::is_floating_point_v<T>) {
    if (letters == "nan") return std::numeric_limits<T>::quiet_NaN();
    if (letters == "inf") return std::numeric_limits<T>::infinity();
    if (letters == "-inf") return -std::numeric_limits<T>::infinity();
    if (letters.find_first_of("nfa") != std::string_view::npos) return std::nullopt;  // from_chars takes "infinity"
  }
  T value{};
  const auto [end, error] = std::from_chars(letters.data(), letters.data() + letters.size(), value);
  if (error != std::errc{} || end != letters.data() + letters.size()) return std::nullopt;
  return value;
}

template std::optional<float> read_number<float>(std::string_view);
template std::optional<double> read_number<double>(std::string_view);
template std::optional<std::int8_t> read_number<std::int8_t>(std::string_view);
template std::optional<std::uint8_t> read_number<std::uint8_t>(std::string_view);
template std::optional<std::int16_t> read_number<std::int16_t>(std::string_view);
template std::optional<std::uint16_t> read_number<std::uint16_t>(std::string_view);
template std::optional<std::int32_t> read_number<std::int32_t>(std::string_view);
template std::optional<std::uint32_t> read_number<std::uint32_t>(std::string_view);
template std::optional<std::int64_t> read_number<std::int64_t>(std::string_view);
template std::optional<std::uint64_t> read_number<std::uint64_t>(std::string_view);

}  // namespace mote
