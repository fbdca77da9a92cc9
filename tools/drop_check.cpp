#include "tools/drop_check.hpp"

#include <nlohmann/json.hpp>

#include "lib/ir/array_file.hpp"
#include "lib/support/sha256.hpp"
#include "lib/target/target_catalog.hpp"
#include "tools/emulator.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;
using State = CheckOutcome::State;

constexpr std::int64_t file_limit = std::int64_t{1} << 30;
constexpr std::chrono::minutes build_time{5};
constexpr std::chrono::minutes run_time{5};

// Warnings of a drop are defects of mote: these are what the drop promises to be free of.
const std::vector<std::string> strict{"-std=c++14", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"};

Result<nlohmann::json> manifest_json(const fs::path& folder) {
  const std::string path = (folder / "manifest.json").string();
  MOTE_TRY(const Bytes bytes, read_file(path, file_limit));
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  auto json = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
  if (!json.is_object() || json.value("/tool/name"_json_pointer, "") != "mote")
    return Diagnostic{.code = Code::drop_modified,
                      .message = "is no manifest of a drop of mote",
                      .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
  return json;
}

std::vector<fs::path> paths(const fs::path& folder, const nlohmann::json& list) {
  std::vector<fs::path> all;
  for (const auto& entry : list) all.push_back(fs::absolute(folder / entry.get<std::string>()));
  return all;
}

Result<std::vector<DropTensor>> tensors(const nlohmann::json& list) {
  std::vector<DropTensor> all;
  for (const auto& entry : list) {
    const auto dtype = dtype_named(entry.at("dtype").get<std::string>());
    if (!dtype) return Diagnostic{.code = Code::drop_modified, .message = "the manifest has an unknown element type"};
    DropTensor tensor{.name = entry.at("name"), .c_name = entry.at("c_name"), .type = {*dtype, {}, {}}};
    MOTE_TRY(tensor.type.shape, Shape::make(entry.at("shape").get<std::vector<std::int64_t>>()));
    if (entry.at("scale").is_number())
      tensor.type.quant = QuantParams{.scale = {entry.at("scale").get<float>()},
                                      .zero_point = {entry.at("zero_point").get<std::int32_t>()},
                                      .axis = {}};
    all.push_back(std::move(tensor));
  }
  return all;
}

CheckOutcome failed(std::string name, std::string detail, Code code) {
  return {.state = State::failed, .name = std::move(name), .detail = std::move(detail), .code = code};
}

CheckOutcome outcome_of_run(std::string name, int exit_code, const std::string& output) {
  const bool passed = exit_code == 0 && output.ends_with("PASS\n");
  return {.state = passed ? State::passed : State::failed,
          .name = std::move(name),
          .detail = passed ? "all vectors bit-identical" : output,
          .code = Code::vectors_mismatch};
}

// The self-test runs the network, so a stack that held all of the self-test holds a run.
CheckOutcome outcome_of_board(const std::string& name, const EmulatorRun& run, std::int64_t declared_stack) {
  CheckOutcome outcome = outcome_of_run(name, run.exit_code, run.output);
  if (outcome.state != State::passed || !run.stack_bytes) return outcome;
  const std::string stack = std::to_string(*run.stack_bytes) + " of " + std::to_string(declared_stack) + " bytes of stack";
  if (*run.stack_bytes > declared_stack) return failed(name, "used " + stack + " that manifest.json declares", Code::internal);
  outcome.detail += ", " + stack;
  return outcome;
}

std::vector<std::string> flags_of(const DropManifest& manifest) {
  std::vector<std::string> flags = strict;
  flags.insert(flags.end(), manifest.compile_options.begin(), manifest.compile_options.end());
  return flags;
}

std::vector<DropTrees> trees_of(const nlohmann::json& json) {
  std::vector<DropTrees> all;
  for (const auto& one : json)
    all.push_back({.name = one.at("name"), .form = one.at("form"), .flash_bytes = one.at("flash_bytes"), .flash_bytes_per_node = one.at("flash_bytes_per_node")});
  return all;
}

}  // namespace

Result<DropManifest> read_manifest(const fs::path& folder) {
  MOTE_TRY(const nlohmann::json json, manifest_json(folder));
  try {
    MOTE_TRY(std::vector<DropTensor> inputs, tensors(json.at("inputs")));
    MOTE_TRY(std::vector<DropTensor> outputs, tensors(json.at("outputs")));
    return DropManifest{.name = json.at("name"),
                        .target = json.at("target").at("name"),
                        .header = json.at("header"),
                        .entry = json.at("entry"),
                        .context_type = json.at("context_type"),
                        .inputs = std::move(inputs),
                        .outputs = std::move(outputs),
                        .sources = paths(folder, json.at("sources")),
                        .selftest_sources = paths(folder, json.at("selftest_sources")),
                        .include_dirs = paths(folder, json.at("include_dirs")),
                        .compile_options = json.at("compile_options"),
                        .stack_bytes = json.at("memory").at("stack_bytes"),
                        .trees = trees_of(json.value("trees", nlohmann::json::array()))};
  } catch (const nlohmann::json::exception& problem) {
    return Diagnostic{.code = Code::drop_modified,
                      .message = std::string("the manifest is incomplete: ") + problem.what(),
                      .where = {.file = (folder / "manifest.json").string(), .node = {}, .op_type = {}, .value = {}}};
  }
}

CheckOutcome check_hashes(const fs::path& folder) {
  const auto json = manifest_json(folder);
  if (!json) return failed("hashes", json.error().message, Code::drop_modified);
  if (!json->contains("files") || !(*json)["files"].is_object())
    return failed("hashes", "the manifest lists no files", Code::drop_modified);
  std::string problems;
  for (const auto& [name, expected] : (*json)["files"].items()) {
    const auto bytes = read_file((folder / name).string(), file_limit);
    if (!bytes)
      problems += "missing: " + name + "\n";
    else if (!expected.is_string() || sha256(*bytes) != expected.get<std::string>())
      problems += "changed: " + name + "\n";
  }
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    const std::string name = fs::relative(entry.path(), folder, error).generic_string();
    if (!entry.is_directory(error) && name != "manifest.json" && !(*json)["files"].contains(name))
      problems += "added: " + name + "\n";
  }
  if (!problems.empty()) return failed("hashes", problems, Code::drop_modified);
  return {.name = "hashes", .detail = std::to_string((*json)["files"].size()) + " files as written"};
}

Status build_on_host(const DropManifest& manifest, const std::vector<fs::path>& more_sources, const fs::path& program) {
  std::vector<std::string> build{"c++"};
  const std::vector<std::string> flags = flags_of(manifest);
  build.insert(build.end(), flags.begin(), flags.end());
  for (const fs::path& path : manifest.include_dirs) build.push_back("-I" + path.string());
  for (const fs::path& path : manifest.sources) build.push_back(path.string());
  for (const fs::path& path : more_sources) build.push_back(path.string());
  build.insert(build.end(), {"-o", program.string()});
  MOTE_TRY(const ProcessResult built, run_process(build, {.time = build_time}));
  if (built.end == ProcessEnd::exited && built.status == 0) return Ok{};
  return Diagnostic{.code = Code::drop_build_failed, .message = built.standard_error};
}

CheckOutcome check_on_host(const fs::path& folder, const DropManifest& manifest) {
  const auto temporary = TemporaryFolder::make();
  if (!temporary) return failed("host", temporary.error().message, Code::file_unwritable);
  const std::string program = (temporary->path() / "selftest").string();
  std::vector<fs::path> sources = manifest.selftest_sources;
  sources.push_back(fs::absolute(folder) / "selftest" / "host.cpp");
  if (const auto built = build_on_host(manifest, sources, program); !built) {
    if (built.error().code == Code::tool_missing) return {.state = State::skipped, .name = "host", .detail = built.error().message};
    return failed("host", built.error().message, built.error().code);
  }
  const auto run = run_process({program}, {.time = run_time});
  if (!run) return failed("host", run.error().message, Code::vectors_mismatch);
  return outcome_of_run("host", run->end == ProcessEnd::exited ? run->status : 1, run->standard_output);
}

CheckOutcome check_on_board(const DropManifest& manifest, const std::string& target_name) {
  const auto target = load_target(target_name);
  if (!target) return {.state = State::skipped, .name = target_name, .detail = "its description is not known here"};
  const auto board = board_for(*target);
  if (!board) return {.state = State::skipped, .name = target_name, .detail = "no emulated board for " + target->core};
  if (const std::string missing = missing_tool(*board); !missing.empty())
    return {.state = State::skipped, .name = board->name, .detail = missing + " is not installed"};
  BoardProgram program{.sources = manifest.sources, .include_dirs = manifest.include_dirs, .flags = flags_of(manifest)};
  program.sources.insert(program.sources.end(), manifest.selftest_sources.begin(), manifest.selftest_sources.end());
  const auto run = run_on_board(*board, program, run_time);
  if (!run) return failed(board->name, render(run.error()), run.error().code);
  return outcome_of_board(board->name, *run, manifest.stack_bytes);
}

}  // namespace mote
