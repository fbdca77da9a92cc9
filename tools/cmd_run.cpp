// mote run model.onnx --input image=image.npy -o outputs.npz
#include <algorithm>
#include <memory>

#include "lib/exec/interpreter.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/support/text.hpp"
#include "tools/command.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  std::vector<std::string> inputs{};
  std::string output{};
  bool reference = false;
  std::uint64_t seed = 1;
  bool random = false;
};

using Arrays = std::map<std::string, Tensor>;

// --input takes name=file.npy, one .npz with members named like the inputs, or one .npy for a model with one input.
Result<Arrays> read_inputs(const Graph& graph, const std::vector<std::string>& options) {
  Arrays arrays;
  for (const std::string& text : options) {
    const std::size_t equals = text.rfind('=');
    if (equals != std::string::npos) {
      MOTE_TRY(arrays[text.substr(0, equals)], read_npy(text.substr(equals + 1)));
    } else if (text.ends_with(".npz")) {
      MOTE_TRY(Arrays members, read_npz(text));
      arrays.merge(members);
    } else if (graph.inputs.size() == 1) {
      MOTE_TRY(arrays[graph.at(graph.inputs[0]).name], read_npy(text));
    } else {
      return Diagnostic{.code = Code::usage,
                        .message = "the model has " + std::to_string(graph.inputs.size()) + " inputs, --input " + text + " names none",
                        .help = {"write --input name=" + text}};
    }
  }
  return arrays;
}

std::string type_text(const TensorType& type) { return std::string(name_of(type.dtype)) + " " + type.shape.text(); }

// Accepts the exact shape, or the same elements in another shape with the same count (a missing batch axis).
Result<Tensor> fitted(Tensor tensor, const Value& value) {
  if (tensor.shape.elements() != value.type.shape.elements())
    return Diagnostic{.code = Code::shape_mismatch,
                      .message = "the array is " + type_text({tensor.dtype, tensor.shape, {}}) + ", expected " + type_text(value.type),
                      .where = {.file = {}, .node = {}, .op_type = {}, .value = value.name}};
  Tensor converted = convert(tensor, value.type.dtype);
  converted.shape = value.type.shape;
  return converted;
}

Result<std::vector<Tensor>> ordered_inputs(const Graph& graph, Arrays arrays) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.at(id);
    const auto found = arrays.find(value.name);
    if (found == arrays.end())
      return Diagnostic{.code = Code::usage,
                        .message = "no array for input '" + value.name + "' (" + type_text(value.type) + ")",
                        .help = {"give --input " + value.name + "=file.npy, or --random"}};
    MOTE_TRY(Tensor tensor, fitted(std::move(found->second), value));
    inputs.push_back(std::move(tensor));
    arrays.erase(found);
  }
  if (arrays.empty()) return inputs;
  std::vector<std::string> names;
  for (const ValueId id : graph.inputs) names.push_back(graph.at(id).name);
  return Diagnostic{.code = Code::unknown_name,
                    .message = "the model has no input '" + arrays.begin()->first + "'",
                    .help = {"its inputs are: " + [&] {
                      std::string list;
                      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
                      return list;
                    }()}};
}

std::string preview(const Tensor& tensor) {
  const std::vector<double> values = tensor.to_reals();
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(values.size(), 12); ++i)
    text += (i == 0 ? "" : " ") + number_text(static_cast<float>(values[i]));
  return text + (values.size() > 12 ? " …" : "");
}

Result<Report> run(const Options& options) {
  MOTE_TRY(const ImportedModel model, load_model(options.model));
  std::vector<Tensor> inputs;
  if (options.random) {
    inputs = random_inputs(model.graph, options.seed);
  } else {
    MOTE_TRY(Arrays arrays, read_inputs(model.graph, options.inputs));
    MOTE_TRY(inputs, ordered_inputs(model.graph, std::move(arrays)));
  }
  MOTE_TRY(const std::vector<Tensor> outputs,
           interpret(model.graph, inputs, options.reference ? Precision::reference : Precision::single));
  Report report{.notes = model.notes};
  Arrays arrays;
  report.json["outputs"] = Json::array();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Value& value = model.graph.at(model.graph.outputs[i]);
    report.text += value.name + " " + type_text({outputs[i].dtype, outputs[i].shape, {}}) + ": " + preview(outputs[i]) + "\n";
    Json entry{{"name", value.name}, {"dtype", name_of(outputs[i].dtype)}, {"shape", outputs[i].shape.extents()}};
    if (outputs[i].shape.elements() <= 4096) entry["values"] = outputs[i].to_reals();
    report.json["outputs"].push_back(entry);
    arrays[value.name] = outputs[i];
  }
  if (!options.output.empty()) {
    Bytes bytes;
    if (options.output.ends_with(".npz")) {
      MOTE_TRY(bytes, npz_bytes(arrays));
    } else {
      bytes = npy_bytes(outputs.at(0));
    }
    MOTE_TRY_STATUS(write_file(options.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }
  return report;
}

}  // namespace

Command add_run(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("run", "run a model on the host, by mote's reference interpreter");
  add_model_options(*app, options->model);
  app->add_option("--input", options->inputs, "name=file.npy, a .npz, or one .npy for a single input (repeatable)");
  app->add_flag("--random", options->random, "random inputs instead");
  app->add_option("--seed", options->seed, "seed of --random")->capture_default_str();
  app->add_flag("--reference", options->reference, "compute in double precision");
  app->add_option("-o,--output", options->output, "write the outputs to a .npz, or the first one to a .npy");
  return {app, [options] { return run(*options); }};
}

}  // namespace mote
