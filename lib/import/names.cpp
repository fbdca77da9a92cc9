#include "lib/import/names.hpp"

#include <cstdint>

#include "lib/support/text.hpp"

namespace mote {
namespace {

// Length of the sequence that a lead byte opens, and the legal range of its second byte; length 0: no lead byte.
struct Lead {
  std::size_t length = 0;
  std::uint8_t low = 0x80, high = 0xBF;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {.length = 1};
  if (byte < 0xC2) return {};
  if (byte < 0xE0) return {.length = 2};
  if (byte == 0xE0) return {.length = 3, .low = 0xA0};
  if (byte == 0xED) return {.length = 3, .high = 0x9F};
  if (byte < 0xF0) return {.length = 3};
  if (byte == 0xF0) return {.length = 4, .low = 0x90};
  if (byte == 0xF4) return {.length = 4, .high = 0x8F};
  if (byte < 0xF4) return {.length = 4};
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const Lead lead = lead_of(byte_at(i));
    if (lead.length == 0 || lead.length > text.size() - i) return false;
    if (lead.length > 1 && (byte_at(i + 1) < lead.low || byte_at(i + 1) > lead.high)) return false;
    for (std::size_t k = 2; k < lead.length; ++k)
      if ((byte_at(i + k) & 0xC0U) != 0x80U) return false;
    i += lead.length;
  }
  return true;
}

std::optional<std::string> name_problem(std::string_view name, const ImportLimits& limits) {
  if (name.size() > limits.name_bytes)
    return "a name of " + std::to_string(name.size()) + " bytes, the limit is " + std::to_string(limits.name_bytes);
  if (name.find('\0') != std::string_view::npos) return "the name " + shown(name) + " contains a NUL character";
  if (!is_utf8(name)) return "the name " + shown(name) + " is not UTF-8";
  return std::nullopt;
}

namespace {

// A cut or broken name is no longer UTF-8: its upper half is shown as \\xNN, so that every report is text.
std::string escaped(std::string_view name) {
  const std::string text = quoted(name);
  if (is_utf8(text)) return text;
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80)
      ascii += c;
    else
      ascii.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
  }
  return ascii;
}

}  // namespace

std::string shown(std::string_view name) {
  constexpr std::size_t longest = 200;
  return name.size() <= longest ? escaped(name) : escaped(name.substr(0, longest)) + "...";
}

std::string plain(std::string_view name) {
  std::string text = name.size() <= ImportLimits{}.name_bytes ? escaped(name) : shown(name);
  return text.erase(text.rfind('"'), 1).erase(0, 1);
}

}  // namespace mote
