#include "lib/support/diagnostic.hpp"

#include <algorithm>
#include <array>

#include "lib/support/check.hpp"

namespace mote {

std::span<const CodeInfo> all_codes() {
  static constexpr std::array table{
#define MOTE_CODE(identifier, number, title, explanation) \
  CodeInfo{Code::identifier, #identifier, title, explanation},
#include "lib/support/codes.def"
#undef MOTE_CODE
  };
  return table;
}

const CodeInfo& info(Code code) {
  const auto codes = all_codes();
  const auto found = std::ranges::find(codes, code, &CodeInfo::code);
  MOTE_CHECK(found != codes.end());
  return *found;
}

std::string code_name(Code code, Severity severity) {
  const std::string digits = std::to_string(static_cast<int>(code));
  const char letter = severity == Severity::error ? 'E' : severity == Severity::warning ? 'W' : 'N';
  return letter + std::string(4 - std::min<std::size_t>(4, digits.size()), '0') + digits;
}

namespace {

std::string place(const Locus& where) {
  std::string text;
  if (!where.file.empty()) text += where.file + ": ";
  if (!where.node.empty() || !where.op_type.empty()) {
    text += where.node.empty() ? "node" : "node '" + where.node + "'";
    if (!where.op_type.empty()) text += " (" + where.op_type + ")";
    text += ": ";
  }
  if (!where.value.empty()) text += "tensor '" + where.value + "': ";
  return text;
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  static constexpr std::array<std::string_view, 3> words{"note", "warning", "error"};
  std::string text = place(diagnostic.where);
  text += words[static_cast<std::size_t>(diagnostic.severity)];
  text += " " + code_name(diagnostic.code, diagnostic.severity) + ": " + diagnostic.message + "\n";
  for (const std::string& line : diagnostic.help) text += "  help: " + line + "\n";
  return text;
}

ExitCode exit_code(Code code) {
  const int hundreds = static_cast<int>(code) / 100;
  switch (hundreds) {
    case 1:
    case 2: return ExitCode::model_rejected;
    case 3: return ExitCode::does_not_fit;
    case 4: return ExitCode::verification_failed;
    case 5: return ExitCode::usage;
    default: return ExitCode::internal;
  }
}

}  // namespace mote
