#include "tools/emulator.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include "lib/support/check.hpp"
#include "tools/emulator_console.hpp"
#include "tools/emulator_files.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes longest_build{10};
constexpr std::size_t most_lines_shown = 30;

Diagnostic problem(Code code, std::string message, std::vector<std::string> help = {}) {
  return {
      .severity = Severity::error, .code = code, .message = std::move(message), .where = {}, .help = std::move(help)};
}

Diagnostic not_installed(const Board& board, const std::string& tool) {
  return problem(Code::tool_missing, "board " + board.name + " is skipped: " + tool + " is not installed");
}

std::vector<std::string> first_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size() && lines.size() < most_lines_shown;) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

Status write_file(const fs::path& path, std::string_view text) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (stream) return Ok{};
  return problem(Code::file_unwritable, "'" + path.string() + "' cannot be written");
}

std::string_view embedded(std::string_view name) {
  const auto found = std::ranges::find(emulator_files(), name, &EmulatorFile::name);
  MOTE_CHECK(found != emulator_files().end());
  return found->text;
}

Status write_support(const Board& board, const fs::path& folder) {
  for (const char* header : {"console.hpp", "stack_use.hpp"})
    MOTE_TRY_STATUS(write_file(folder / header, embedded(header)));
  for (const std::string& name : board.sources) MOTE_TRY_STATUS(write_file(folder / name, embedded(name)));
  for (const std::string& name : board.scripts) MOTE_TRY_STATUS(write_file(folder / name, embedded(name)));
  return Ok{};
}

std::vector<std::string> build_command(const Board& board, const BoardProgram& program, const fs::path& support,
                                       const fs::path& image) {
  std::vector<std::string> command{board.compiler};
  const auto append = [&](const std::vector<std::string>& words) {
    command.insert(command.end(), words.begin(), words.end());
  };
  append(board.core_flags);
  append(program.flags);
  append(board.compile_flags);
  for (const fs::path& folder : program.include_dirs) append({"-I", folder.string()});
  append({"-I", support.string(), "-L", support.string()});
  for (const fs::path& source : program.sources) command.push_back(source.string());
  for (const std::string& source : board.sources) command.push_back((support / source).string());
  if (!board.scripts.empty()) append({"-T", (support / board.scripts.front()).string()});
  append(board.link_flags);
  append({"-o", image.string()});
  return command;
}

std::string reason(const ProcessResult& result, std::chrono::milliseconds time) {
  switch (result.end) {
    case ProcessEnd::exited: return "ended with status " + std::to_string(result.status);
    case ProcessEnd::signalled: return "was ended by signal " + std::to_string(result.status);
    case ProcessEnd::timed_out: return "was still running after " + std::to_string(time.count()) + " ms";
    case ProcessEnd::output_exceeded: return "wrote more output than is read";
  }
  MOTE_CHECK(false);
  return {};
}

}  // namespace

std::string missing_tool(const Board& board) {
  if (!find_program(board.compiler)) return board.compiler;
  return find_program(board.run.front()) ? "" : board.run.front();
}

Status build_for_board(const Board& board, const BoardProgram& program, const fs::path& image) {
  if (!find_program(board.compiler)) return not_installed(board, board.compiler);
  MOTE_TRY(const TemporaryFolder support, TemporaryFolder::make());
  MOTE_TRY_STATUS(write_support(board, support.path()));
  MOTE_TRY(const ProcessResult built,
           run_process(build_command(board, program, support.path(), image), {.time = longest_build}));
  if (built.end == ProcessEnd::exited && built.status == 0) return Ok{};
  return problem(Code::drop_build_failed,
                 board.compiler + " for board " + board.name + " " + reason(built, longest_build),
                 first_lines(built.standard_error));
}

Result<EmulatorRun> run_image(const Board& board, const fs::path& image, std::chrono::milliseconds timeout) {
  if (!find_program(board.run.front())) return not_installed(board, board.run.front());
  std::vector<std::string> command = board.run;
  command.push_back(image.string());
  MOTE_TRY(const ProcessResult ran, run_process(command, {.time = timeout}));
  const auto failed = [&](const std::string& why) {
    return problem(Code::emulation_failed, "the program on board " + board.name + " " + why,
                   first_lines(ran.standard_error));
  };
  if (ran.end != ProcessEnd::exited) return failed(reason(ran, timeout));
  if (board.console == BoardConsole::plain) {
    // Every start-up code ends through the console, so a complaint beside it is QEMU's and the status is not main's.
    if (ran.status != 0 && !ran.standard_error.empty()) return failed(reason(ran, timeout));
    return with_stack_use({.output = ran.standard_output, .exit_code = ran.status});
  }
  const std::optional<EmulatorRun> decoded = decode_hex_lines(ran.standard_output + ran.standard_error);
  if (!decoded) return failed("ended without reporting an exit code");
  return with_stack_use(*decoded);
}

Result<EmulatorRun> run_on_board(const Board& board, const BoardProgram& program, std::chrono::milliseconds timeout) {
  if (const std::string tool = missing_tool(board); !tool.empty()) return not_installed(board, tool);
  MOTE_TRY(const TemporaryFolder folder, TemporaryFolder::make());
  const fs::path image = folder.path() / "image.elf";
  MOTE_TRY_STATUS(build_for_board(board, program, image));
  return run_image(board, image, timeout);
}

}  // namespace mote
