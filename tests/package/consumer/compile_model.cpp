// compile_model model.onnx target folder: what `mote compile` does, through the installed libraries and without vectors.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "codegen/emit.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/plan/fit.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"

namespace {

mote::Result<mote::FileTree> compile(const std::filesystem::path& file, const std::string& target_name) {
  MOTE_TRY(const mote::Target target, mote::load_target(target_name));
  MOTE_TRY(const mote::ImportedModel model, mote::import_onnx(file.string()));
  MOTE_TRY(mote::Graph graph, mote::run_passes(mote::standard_pipeline(), model.graph, {target}));
  MOTE_TRY(const mote::Plan plan, mote::make_plan(std::move(graph), target));
  MOTE_TRY_STATUS(mote::check(plan));
  MOTE_TRY_STATUS(mote::check_fit(plan, mote::fit(plan)));
  mote::EmitOptions options;
  options.name = file.stem().string();
  options.model_file = file.filename().string();
  options.model_sha256 = model.sha256;
  return mote::emit(plan, options);
}

void write(const mote::FileTree& files, const std::filesystem::path& folder) {
  for (const auto& [name, text] : files) {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto files = compile(argv[1], argv[2]);
  if (!files) {
    for (const mote::Diagnostic& problem : files.errors()) std::cerr << render(problem) << '\n';
    return 1;
  }
  write(*files, argv[3]);
}
