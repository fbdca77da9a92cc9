#pragma once
#include <CLI/CLI.hpp>

#include "lib/data/data_set.hpp"

namespace mote {

// The options that every command taking samples shares.
struct DataOptions {
  std::vector<std::string> sources{};
  std::vector<std::string> preprocess{};
  std::string rows{};
};
// `name`: "--data", "--calibration". The preprocessing also comes from the tables [input.<name>] of --config.
void add_data_options(CLI::App& app, const std::string& name, const std::string& what, DataOptions& options);

// Its parts, for a command that takes two sets which are stored alike.
void add_source_option(CLI::App& app, const std::string& name, const std::string& what, DataOptions& options);
void add_preprocess_option(CLI::App& app, DataOptions& options);

// How stored numbers become inputs, by input. `config`: the file of --config, or empty.
[[nodiscard]] Result<PreprocessMap> preprocess_of(const DataOptions& options, const std::string& config, const Graph& graph);
// `config`: likewise.
[[nodiscard]] Result<DataSet> open_data(const DataOptions& options, const std::string& config, const Graph& graph);
// The file given to --config at the root of `app`'s commands; empty without one.
[[nodiscard]] std::string config_file(const CLI::App& root);

}  // namespace mote
