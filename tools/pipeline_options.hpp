#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "passes/dump.hpp"
#include "passes/pass.hpp"

namespace mote {

// What may be watched while passes run: shared by compile and opt.
struct PipelineOptions {
  bool verify_each = false;
  std::string dump = {};             // "all" or the name of a pass; empty: nothing
  std::string dump_folder = "mir";
};
void add_pipeline_options(CLI::App& app, PipelineOptions& options);

// The observer that the options ask for; dumps are collected in `dumps`, which must outlive it.
[[nodiscard]] PassObserver observer_for(const PipelineOptions& options, std::vector<Dump>& dumps);
// Writes the collected dumps, also when a later pass has failed.
[[nodiscard]] Status write_dumps(const PipelineOptions& options, const std::vector<Dump>& dumps);

}  // namespace mote
