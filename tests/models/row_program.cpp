#include "tests/models/row_program.hpp"

#include <filesystem>
#include <fstream>

#include "tests/emitted/drop_runner.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

// Reads rows from the file named first and writes outputs to the file named second.
std::string program_text(const Graph& graph) {
  const TensorType& input = graph.at(graph.inputs[0]).type;
  std::string text = "#include \"network/network.h\"\n#include <stdio.h>\n";
  text += "static " + std::string(c_name(input.dtype)) + " row[" + std::to_string(input.shape.elements()) + "];\n";
  std::string arguments, writes;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const TensorType& output = graph.at(graph.outputs[i]).type;
    const std::string name = "output_" + std::to_string(i);
    text += "static " + std::string(c_name(output.dtype)) + " " + name + "[" + std::to_string(output.shape.elements()) + "];\n";
    arguments += ", " + name;
    writes += "    fwrite(" + name + ", 1, sizeof " + name + ", to);\n";
  }
  return text +
         "int main(int, char** files) {\n  FILE* from = fopen(files[1], \"rb\");\n  FILE* to = fopen(files[2], \"wb\");\n"
         "  while (fread(row, 1, sizeof row, from) == sizeof row) {\n    if (network_run(&network_static_context, row" +
         arguments + ") != 0) { return 1; }\n" + writes + "  }\n  return fclose(to);\n}\n";
}

std::string source_of(const FileTree& drop, const fs::path& folder) {
  std::string text;
  for (const auto& [name, contents] : drop) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << contents;
    if (name.starts_with("src/") && name.ends_with(".cpp")) text += "#include \"" + name + "\"\n";
  }
  return text;
}

void run(const std::vector<std::string>& command) {
  const auto result = run_process(command, {.time = std::chrono::minutes(5)});
  expect(bool{result}, result ? "" : render(result.error()));
  expect(result->end == ProcessEnd::exited && result->status == 0, command.front() + ":\n" + result->standard_error);
}

}  // namespace

Bytes run_on_rows(const FileTree& drop, const Graph& graph, const Bytes& rows) {
  const auto temporary = TemporaryFolder::make();
  expect(bool{temporary}, temporary ? "" : render(temporary.error()));
  const fs::path& folder = temporary->path();
  std::ofstream(folder / "all.cpp") << source_of(drop, folder) << program_text(graph);
  const std::string program = (folder / "rows").string(), from = (folder / "rows.in").string(), to = (folder / "rows.out").string();
  std::ofstream(from, std::ios::binary).write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size()));
  run({"c++", "-std=c++14", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
       "-I" + (folder / "include").string(), "-I" + (folder / "src").string(), "-I" + folder.string(),
       (folder / "all.cpp").string(), "-o", program});
  run({program, from, to});
  std::ifstream stream(to, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

}  // namespace mote::test
