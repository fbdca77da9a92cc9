#include "tests/random_models/model_pack.hpp"

#include <fstream>
#include <map>
#include <set>

#include "lib/exec/interpreter.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "tools/emulator.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote::random_models {
namespace {

namespace fs = std::filesystem;

const fs::path programs = fs::absolute("tests/random_models/programs");
const std::vector<std::string> strict{"-std=c++14", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"};

// Small networks need no long search for the best arena: the planner is the same, it only stops sooner.
constexpr PlanOptions plan_options{.search_budget = 20'000};

std::string number_text(std::size_t number) { return std::to_string(number); }

bool is_kernel(const std::string& file) { return file.starts_with("src/kernels/"); }

// The kernels once, in a namespace that every drop's own name for it stands for.
std::string shared_kernels(std::span<const CompiledCase> cases) {
  std::set<std::string> files;
  for (const CompiledCase& one : cases)
    for (const auto& [file, text] : one.drop)
      if (is_kernel(file)) files.insert(file.substr(4));
  std::string text = "#define MOTE_NAMESPACE pack_kernels\n";
  for (const std::string& file : files) text += "#include \"" + file + "\"\n";
  return text + "#undef MOTE_NAMESPACE\n";
}

struct Ports {
  std::string buffers{}, table{}, arguments{};
};

Ports ports_of(const Graph& graph, const std::vector<ValueId>& ids, const std::string& name) {
  Ports ports;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const TensorType& type = graph.at(ids[i]).type;
    const std::string buffer = name + number_text(i);
    ports.buffers += std::string(c_name(type.dtype)) + " " + buffer + "[" +
                     std::to_string(std::max<std::int64_t>(1, type.shape.elements())) + "];\n";
    ports.arguments += ", " + buffer;
    ports.table += "  {reinterpret_cast<unsigned char*>(" + buffer + "), " + std::to_string(type.bytes()) + ", " +
                   std::to_string(byte_size(type.dtype)) + ", " + (is_float(type.dtype) ? "true" : "false") + "},\n";
  }
  ports.table = "const pack::Port " + name + "_ports[] = {\n" + ports.table + "};\n";
  return ports;
}

std::string unit(const CompiledCase& one) {
  const std::string& n = one.prefix;
  const Ports inputs = ports_of(one.graph, one.graph.inputs, "input");
  const Ports outputs = ports_of(one.graph, one.graph.outputs, "output");
  return "\n#define " + n + "_kernels pack_kernels\nnamespace unit_" + n + " {\n#include \"src/" + n +
         "_network.cpp\"\n#include \"src/" + n + "_weights.cpp\"\n" + inputs.buffers + outputs.buffers + inputs.table +
         outputs.table + "int run_it() { return " + n + "_run(&" + n + "_static_context" + inputs.arguments +
         outputs.arguments + "); }\n}\n#undef MOTE_NAMESPACE\n";
}

std::string row(const CompiledCase& one) {
  const std::string space = "unit_" + one.prefix + "::";
  const std::string context = space + one.prefix + "_static_context";
  return "    {" + std::to_string(one.number) + ", " + space + "run_it, " + space + "input_ports, " +
         number_text(one.graph.inputs.size()) + ", " + space + "output_ports, " +
         number_text(one.graph.outputs.size()) + ", " + context + ".arena, sizeof " + context + ".arena},\n";
}

std::string source_of(std::span<const CompiledCase> cases, const fs::path& vectors) {
  std::string text = "#include \"pack_driver.hpp\"\n\n" + shared_kernels(cases);
  std::string rows;
  for (const CompiledCase& one : cases) {
    text += unit(one);
    rows += row(one);
  }
  text += "\nnamespace pack {\nconst Network networks[] = {\n" + rows + "};\n";
  text += "const uint32_t network_count = " + number_text(cases.size()) +
          ", vectors_per_network = " + number_text(cases.front().vectors.size()) + ";\n}\n\n";
  return text + "__asm__(\".pushsection .rodata\\n.balign 8\\n.global pack_vectors\\npack_vectors:\\n.incbin \\\"" +
         vectors.string() + "\\\"\\n.popsection\\n\");\n";
}

void write_vectors(std::span<const CompiledCase> cases, const fs::path& file) {
  std::ofstream stream(file, std::ios::binary);
  const auto write = [&](const std::vector<Tensor>& tensors) {
    for (const Tensor& tensor : tensors)
      stream.write(reinterpret_cast<const char*>(tensor.bytes.data()),
                   static_cast<std::streamsize>(tensor.bytes.size()));
  };
  for (const CompiledCase& one : cases)
    for (const GoldenVector& vector : one.vectors) {
      write(vector.inputs);
      write(vector.outputs);
    }
}

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string verdict(bool exited, int status, const std::string& output, const std::string& complaints) {
  return exited && status == 0 && output.starts_with("PASS ") ? "" : output + complaints;
}

std::string problem_of_image(std::span<const CompiledCase> cases, const std::vector<std::string>& options,
                             const Board& board) {
  const auto folder = TemporaryFolder::make();
  if (!folder) return render(folder.error());
  const PackSources pack = write_pack(cases, folder->path());
  BoardProgram program{.sources = pack.sources, .include_dirs = pack.include_folders, .flags = strict};
  program.flags.push_back("-O2");
  program.flags.insert(program.flags.end(), options.begin(), options.end());
  const auto run = run_on_board(board, program, std::chrono::minutes(5));
  if (!run) return render(run.error());
  return verdict(true, run->exit_code, run->output, "exit code " + std::to_string(run->exit_code) + "\n");
}

}  // namespace

Result<CompiledCase> compile_case(const Case& one, const Target& target) {
  CompiledCase compiled{.number = one.number, .prefix = "m" + std::to_string(one.number)};
  MOTE_TRY(compiled.graph, run_passes(standard_pipeline(), one.graph, {.target = target}));
  MOTE_TRY(const Plan plan, make_plan(compiled.graph, target, plan_options));
  MOTE_TRY_STATUS(check(plan));
  for (const std::vector<Tensor>& inputs : one.inputs) {
    MOTE_TRY(std::vector<Tensor> outputs, interpret(plan.graph, inputs));
    compiled.vectors.push_back({inputs, std::move(outputs)});
  }
  MOTE_TRY(compiled.drop, emit(plan, {.name = compiled.prefix,
                                      .model_file = "random",
                                      .model_sha256 = std::string(64, '0'),
                                      .static_context = true,
                                      .vectors = {},
                                      .recorded_options = {}}));
  compiled.compile_options = compile_options(plan);
  return compiled;
}

PackSources write_pack(std::span<const CompiledCase> cases, const fs::path& folder) {
  for (const CompiledCase& one : cases)
    for (const auto& [file, text] : one.drop)
      if (file.starts_with("src/") || file.starts_with("include/")) write_file(folder / file, text);
  write_vectors(cases, folder / "vectors.bin");
  write_file(folder / "pack.cpp", source_of(cases, folder / "vectors.bin"));
  return {.sources = {folder / "pack.cpp", programs / "pack_driver.cpp"},
          .include_folders = {folder, folder / "include", folder / "src", programs}};
}

std::string problem_on_host(std::span<const CompiledCase> cases, const Build& build) {
  const auto folder = TemporaryFolder::make();
  if (!folder) return render(folder.error());
  const PackSources pack = write_pack(cases, folder->path());
  const fs::path console = folder->path() / "selftest/host.cpp";
  write_file(console, cases.front().drop.at("selftest/host.cpp"));
  const std::string program = (folder->path() / "pack").string();
  std::vector<std::string> command{build.compiler};
  command.insert(command.end(), strict.begin(), strict.end());
  command.insert(command.end(), cases.front().compile_options.begin(), cases.front().compile_options.end());
  command.insert(command.end(), build.flags.begin(), build.flags.end());
  for (const fs::path& include : pack.include_folders) command.push_back("-I" + include.string());
  for (const fs::path& source : pack.sources) command.push_back(source.string());
  command.insert(command.end(), {console.string(), "-o", program});
  const auto built = run_process(command, {.time = std::chrono::minutes(10)});
  if (!built) return render(built.error());
  if (built->end != ProcessEnd::exited || built->status != 0) return "does not compile:\n" + built->standard_error;
  const auto run = run_process({program}, {.time = std::chrono::minutes(2)});
  if (!run) return render(run.error());
  return verdict(run->end == ProcessEnd::exited, run->status, run->standard_output,
                 run->standard_error + "ended with status " + std::to_string(run->status) + "\n");
}

std::string problem_on_board(std::span<const CompiledCase> cases, const Board& board) {
  std::map<std::vector<std::string>, std::vector<CompiledCase>> groups;
  for (const CompiledCase& one : cases) groups[one.compile_options].push_back(one);
  std::string problems;
  for (const auto& [options, group] : groups) problems += problem_of_image(group, options, board);
  return problems;
}

}  // namespace mote::random_models
