// mote opt model.onnx --passes=drop-identity,decompose -o out.mir
#include <iterator>
#include <memory>

#include "lib/ops/text_form.hpp"
#include "lib/ops/verify.hpp"
#include "lib/support/text.hpp"
#include "tools/command.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/pipeline_options.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  TargetOptions target{};
  PipelineOptions pipeline{};
  std::vector<std::string> passes{};
  std::string output{};
  bool hashes = false;
};

Result<std::vector<Pass>> chosen_passes(const std::vector<std::string>& names) {
  const std::span<const Pass> all = standard_pipeline();
  if (names.size() == 1 && names.front() == "all") return std::vector<Pass>(all.begin(), all.end());
  std::vector<Pass> passes;
  for (const std::string& name : names) {
    const Pass* pass = find_pass(name);
    if (pass == nullptr) {
      std::vector<std::string> known;
      std::ranges::transform(all, std::back_inserter(known), [](const Pass& p) { return std::string(p.name); });
      Diagnostic problem{.code = Code::usage, .message = "no pass is called '" + name + "'", .help = {"`mote list passes` shows all"}};
      for (const std::string& near : nearest(name, known)) problem.help.push_back("did you mean " + near + "?");
      return problem;
    }
    passes.push_back(*pass);
    passes.back().after = Stage::imported;  // alone, a pass owes only what holds at every stage
  }
  return passes;
}

Result<Report> run(const Options& options) {
  MOTE_TRY(const std::vector<Pass> passes, chosen_passes(options.passes));
  MOTE_TRY(const Target target, load_target(options.target));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  std::vector<Dump> dumps;
  auto graph = run_passes(passes, std::move(model.graph), {target}, observer_for(options.pipeline, dumps));
  MOTE_TRY_STATUS(write_dumps(options.pipeline, dumps));
  if (!graph) return graph.errors();
  const std::string text = print(*graph, options.hashes ? ConstantText::by_hash : ConstantText::inline_values);
  Report report{.json = {{"nodes", graph->nodes.size()}, {"values", graph->values.size()}}, .notes = model.notes};
  if (options.output.empty()) {
    report.text = text;
    report.json["text"] = text;
  } else {
    MOTE_TRY_STATUS(write_file(options.output, text));
  }
  return report;
}

}  // namespace

Command add_opt(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("opt", "run passes and print the graph as text");
  add_model_options(*app, options->model);
  add_target_options(*app, options->target);
  add_pipeline_options(*app, options->pipeline);
  app->add_option("--passes", options->passes, "comma-separated, from `mote list passes`, in this order; or all")->delimiter(',');
  app->add_flag("--hashes", options->hashes, "constants by their hash instead of their values");
  app->add_option("-o,--output", options->output, "a file instead of stdout");
  return {app, [options] { return run(*options); }};
}

}  // namespace mote
