#include "tools/pipeline_options.hpp"

#include <filesystem>

#include "passes/verify_each.hpp"
#include "tools/file_tree.hpp"

namespace mote {

void add_pipeline_options(CLI::App& app, PipelineOptions& options) {
  app.add_flag("--verify-each", options.verify_each, "run the graph before and after every pass on random inputs and compare");
  app.add_option("--dump-ir", options.dump, "write the text form after every pass (all) or after one");
  app.add_option("--dump-folder", options.dump_folder, "where the text forms go")->capture_default_str();
}

PassObserver observer_for(const PipelineOptions& options, std::vector<Dump>& dumps) {
  PassObserver observer;
  if (options.verify_each) observer = verify_each();
  if (options.dump.empty()) return observer;
  PassObserver dumping = dump_each(dumps, options.dump);
  return observer ? both(std::move(dumping), std::move(observer)) : dumping;
}

Status write_dumps(const PipelineOptions& options, const std::vector<Dump>& dumps) {
  if (dumps.empty()) return Ok{};
  const std::filesystem::path folder(options.dump_folder);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const Dump& dump : dumps) MOTE_TRY_STATUS(write_file((folder / dump.file_name).string(), dump.text));
  return Ok{};
}

}  // namespace mote
