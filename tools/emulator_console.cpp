#include "tools/emulator_console.hpp"

namespace mote {

namespace {

constexpr std::string_view colour = "\x1b[32m";  // simavr prints "<colour>line.<newline>" for every line of the UART

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string decode_bytes(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = digit(digits[i]), low = digit(digits[i + 1]);
    if (high < 0 || low < 0) break;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

}  // namespace

std::optional<EmulatorRun> decode_hex_lines(std::string_view printed) {
  EmulatorRun run;
  for (std::size_t place = printed.find(colour); place != std::string_view::npos; place = printed.find(colour, place)) {
    place += colour.size();
    const std::string_view line = printed.substr(place, printed.find('\n', place) - place);
    if (line.starts_with(':')) run.output += decode_bytes(line.substr(1));
    if (!line.starts_with('=')) continue;
    const std::string code = decode_bytes(line.substr(1));
    if (code.size() != 1) return std::nullopt;
    run.exit_code = static_cast<unsigned char>(code[0]);
    return run;
  }
  return std::nullopt;
}

EmulatorRun with_stack_use(EmulatorRun run) {
  constexpr std::size_t length = 9;  // byte 4 and eight digits
  if (run.output.size() < length || run.output[run.output.size() - length] != '\x04') return run;
  std::int64_t bytes = 0;
  for (const char c : std::string_view(run.output).substr(run.output.size() - length + 1)) {
    if (digit(c) < 0) return run;
    bytes = bytes * 16 + digit(c);
  }
  run.stack_bytes = bytes;
  run.output.resize(run.output.size() - length);
  return run;
}

}  // namespace mote
