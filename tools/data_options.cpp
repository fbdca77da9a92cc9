#include "tools/data_options.hpp"

namespace mote {

void add_data_options(CLI::App& app, const std::string& name, const std::string& what, DataOptions& options) {
  add_source_option(app, name, what, options);
  add_preprocess_option(app, options);
  app.add_option("--rows", options.rows, "rows of the data: 100:500, :500 or 100:");
}

void add_source_option(CLI::App& app, const std::string& name, const std::string& what, DataOptions& options) {
  app.add_option(name, options.sources,
                 what + ": a .npy, .npz, .csv or folder, or input=file; [100:500] behind it takes some rows (repeatable)")
      ->allow_extra_args(false);
}

void add_preprocess_option(CLI::App& app, DataOptions& options) {
  app.add_option("--preprocess", options.preprocess,
                 "how stored numbers become inputs: scale=0.0039, image.mean=1,2,3, layout=nhwc->nchw (repeatable)")
      ->allow_extra_args(false);
}

Result<PreprocessMap> preprocess_of(const DataOptions& options, const std::string& config, const Graph& graph) {
  std::vector<std::string> inputs;
  for (const ValueId id : graph.inputs) inputs.push_back(graph.at(id).name);
  PreprocessMap preprocess;
  if (!config.empty()) {
    MOTE_TRY(preprocess, read_preprocess(config, inputs));
  }
  for (const std::string& assignment : options.preprocess) MOTE_TRY_STATUS(add_preprocess(preprocess, assignment, inputs));
  return preprocess;
}

Result<DataSet> open_data(const DataOptions& options, const std::string& config, const Graph& graph) {
  DataSpec spec{.sources = options.sources, .preprocess = {}, .rows = {}};
  MOTE_TRY(spec.preprocess, preprocess_of(options, config, graph));
  if (!options.rows.empty()) {
    MOTE_TRY(spec.rows, parse_row_range(options.rows));
  }
  return DataSet::open(spec, graph);
}

std::string config_file(const CLI::App& root) {
  const CLI::Option* option = root.get_config_ptr();
  return option != nullptr && option->count() > 0 ? option->as<std::string>() : "";
}

}  // namespace mote
