#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

// Where in the *user's* model or file something went wrong. Lines of mote's own source never reach users.
struct Locus {
  std::string file{};     // path as the user gave it; filled in at the edge where it is known
  std::string node{};     // ONNX node name, or "#12" for an unnamed one
  std::string op_type{};  // "Conv"
  std::string value{};    // offending tensor, if any
};

enum class Severity : std::uint8_t { note, warning, error };

// Stable identity: printed as E0203, documented by `mote explain E0203`.
enum class Code : std::uint16_t {
#define MOTE_CODE(identifier, number, title, explanation) identifier = number,
#include "lib/support/codes.def"
#undef MOTE_CODE
};

struct CodeInfo {
  Code code{};
  std::string_view identifier, title, explanation;
};
[[nodiscard]] std::span<const CodeInfo> all_codes();
[[nodiscard]] const CodeInfo& info(Code code);
[[nodiscard]] std::string code_name(Code code, Severity severity = Severity::error);  // "E0203", "W0203"

struct Diagnostic {
  Severity severity = Severity::error;
  Code code{};
  std::string message{};            // one sentence: what was found, what was expected, with the numbers
  Locus where{};
  std::vector<std::string> help{};  // what the user can do about it
};
using Diagnostics = std::vector<Diagnostic>;

// "model.onnx: node 'conv1' (Conv): error E0203: strides[0] is 0, must be 1..4096" and a line per help.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);

// Process exit codes; part of the interface, see README.
enum class ExitCode : int { ok = 0, model_rejected = 1, usage = 2, does_not_fit = 3, verification_failed = 4, internal = 70 };
[[nodiscard]] ExitCode exit_code(Code code);

}  // namespace mote
