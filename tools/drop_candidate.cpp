// A drop as a program that reads samples from one file and writes its outputs to another: what runs is the code that
// the firmware gets, in a process of its own.
#include <algorithm>
#include <memory>

#include "lib/data/affine.hpp"
#include "lib/ir/array_file.hpp"
#include "tools/candidate.hpp"
#include "tools/drop_check.hpp"
#include "tools/file_tree.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote {
namespace {

struct BuiltDrop {
  TemporaryFolder folder;
  DropManifest manifest{};
  std::vector<std::size_t> sample_of_input{};  // which tensor of a sample each input of the drop takes
  [[nodiscard]] std::string path(const char* name) const { return (folder.path() / name).string(); }
};

std::string buffer(const DropTensor& tensor, const std::string& name) {
  return "static " + std::string(c_name(tensor.type.dtype)) + " " + name + "[" +
         std::to_string(std::max<std::int64_t>(1, tensor.type.shape.elements())) + "];\n";
}

// The program: one sample after the other until the input ends.
std::string runner_source(const DropManifest& drop) {
  std::string text = "#include <stdio.h>\n\n#include \"" + drop.header.substr(drop.header.find('/') + 1) + "\"\n\n";
  text += "static " + drop.context_type + " runner_context;\n";
  std::string arguments = "&runner_context", read, write;
  for (std::size_t i = 0; i < drop.inputs.size(); ++i) {
    const std::string name = "runner_input_" + std::to_string(i);
    text += buffer(drop.inputs[i], name);
    arguments += ", " + name;
    const std::string complete = "fread(" + name + ", sizeof " + name + ", 1, samples) == 1";
    read += i == 0 ? "  while (" + complete + ") {\n" : "    if (!(" + complete + ")) return 3;\n";
  }
  for (std::size_t i = 0; i < drop.outputs.size(); ++i) {
    const std::string name = "runner_output_" + std::to_string(i);
    text += buffer(drop.outputs[i], name);
    arguments += ", " + name;
    write += "    if (fwrite(" + name + ", sizeof " + name + ", 1, results) != 1) return 5;\n";
  }
  return text + "\nint main(int count, char** words) {\n  if (count != 3) return 2;\n" +
         "  FILE* samples = fopen(words[1], \"rb\");\n  FILE* results = fopen(words[2], \"wb\");\n" +
         "  if (samples == nullptr || results == nullptr) return 2;\n" + read +
         "    if (" + drop.entry + "(" + arguments + ") != 0) return 4;\n" + write + "  }\n" +
         "  return fclose(results) == 0 ? 0 : 5;\n}\n";
}

Result<TensorList> split_outputs(const DropManifest& drop, const Bytes& bytes, std::size_t& at) {
  TensorList outputs;
  for (const DropTensor& tensor : drop.outputs) {
    const auto size = static_cast<std::size_t>(tensor.type.bytes());
    if (bytes.size() - at < size)
      return Diagnostic{.code = Code::emulation_failed, .message = "the drop '" + drop.name + "' wrote too little"};
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    Tensor stored{.dtype = tensor.type.dtype, .shape = tensor.type.shape, .bytes = Bytes(begin, begin + static_cast<std::ptrdiff_t>(size))};
    outputs.push_back(as_reals(std::move(stored), tensor.type));
    at += std::max<std::size_t>(size, static_cast<std::size_t>(byte_size(tensor.type.dtype)));
  }
  return outputs;
}

Result<std::vector<TensorList>> run_drop(const BuiltDrop& drop, std::span<const TensorList> samples) {
  std::string inputs;
  for (const TensorList& sample : samples) {
    for (std::size_t i = 0; i < drop.manifest.inputs.size(); ++i) {
      MOTE_TRY(const Tensor input, as_input(sample.at(drop.sample_of_input[i]), drop.manifest.inputs[i].type));
      inputs.append(reinterpret_cast<const char*>(input.bytes.data()), input.bytes.size());
    }
  }
  MOTE_TRY_STATUS(write_file(drop.path("samples"), inputs));
  MOTE_TRY(const ProcessResult run, run_process({drop.path("runner"), drop.path("samples"), drop.path("results")}, {.time = std::chrono::hours(1)}));
  if (run.end != ProcessEnd::exited || run.status != 0)
    return Diagnostic{.code = Code::emulation_failed,
                      .message = "the program built from the drop '" + drop.manifest.name + "' ended with status " + std::to_string(run.status) +
                                 (run.end == ProcessEnd::signalled ? " (signal)" : "")};
  MOTE_TRY(const Bytes results, read_file(drop.path("results"), std::int64_t{1} << 36));
  std::vector<TensorList> outputs;
  std::size_t at = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    MOTE_TRY(TensorList list, split_outputs(drop.manifest, results, at));
    outputs.push_back(std::move(list));
  }
  return outputs;
}

Diagnostic another_model(const DropManifest& drop, const std::string& folder, const std::string& input) {
  return {.code = Code::usage,
          .message = "the drop '" + drop.name + "' was compiled from another model: it has no input like '" + input + "' of this one",
          .where = {.file = folder, .node = {}, .op_type = {}, .value = {}},
          .help = {"compile it again from the model that is evaluated"}};
}

Status match_inputs(BuiltDrop& drop, const std::string& folder, const Graph& model) {
  const auto& inputs = drop.manifest.inputs;
  drop.sample_of_input.assign(inputs.size(), 0);
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const Value& value = model.at(model.inputs[i]);
    const auto found = std::ranges::find(inputs, value.name, &DropTensor::name);
    if (found == inputs.end() || found->type.shape.elements() != value.type.shape.elements() || inputs.size() != model.inputs.size())
      return another_model(drop.manifest, folder, value.name);
    drop.sample_of_input[static_cast<std::size_t>(found - inputs.begin())] = i;
  }
  return Ok{};
}

}  // namespace

Result<Candidate> drop_candidate(std::string name, const std::string& folder, const Graph& model) {
  MOTE_TRY(TemporaryFolder temporary, TemporaryFolder::make());
  MOTE_TRY(DropManifest manifest, read_manifest(folder));
  const auto drop = std::make_shared<BuiltDrop>(BuiltDrop{.folder = std::move(temporary), .manifest = std::move(manifest)});
  MOTE_TRY_STATUS(match_inputs(*drop, folder, model));
  MOTE_TRY_STATUS(write_file(drop->path("runner.cpp"), runner_source(drop->manifest)));
  MOTE_TRY_STATUS(build_on_host(drop->manifest, {drop->path("runner.cpp")}, drop->path("runner")));
  return Candidate{std::move(name), [drop](std::span<const TensorList> samples) { return run_drop(*drop, samples); }};
}

}  // namespace mote
