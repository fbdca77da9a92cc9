#include "tests/emitted/drop_runner.hpp"

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

void write_tree(const FileTree& files, const fs::path& folder) {
  for (const auto& [name, text] : files) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
}

// All sources of a drop as one translation unit: a third of the time of four compiler runs.
std::string unity_source(const FileTree& files) {
  std::string text;
  for (const auto& [name, contents] : files)
    if (name.ends_with(".cpp")) text += "#include \"" + name + "\"\n";
  return text;
}

}  // namespace

Result<FileTree> drop_of(Graph graph, const Target& target, const std::vector<std::vector<Tensor>>& inputs,
                         Optimize optimize, bool rank_inputs) {
  MOTE_TRY(graph, run_passes(standard_pipeline(), std::move(graph),
                             {.target = target, .optimize = optimize, .rank_inputs = rank_inputs}));
  MOTE_TRY(const Plan plan, make_plan(std::move(graph), target));
  MOTE_TRY_STATUS(check(plan));
  std::vector<GoldenVector> vectors;
  for (const std::vector<Tensor>& input : inputs) {
    MOTE_TRY(std::vector<Tensor> outputs, interpret(plan.graph, input));
    vectors.push_back({input, std::move(outputs)});
  }
  return emit(plan, {.name = "network", .model_file = "test.onnx", .model_sha256 = std::string(64, '0'),
                     .static_context = true, .vectors = vectors, .recorded_options = {}});
}

std::string build_and_run(const FileTree& drop, const RunOptions& options) {
  const auto temporary = TemporaryFolder::make();
  if (!temporary) return render(temporary.error());
  const fs::path& folder = temporary->path();
  write_tree(drop, folder);
  std::ofstream(folder / "all.cpp") << unity_source(drop);
  const std::string program = (folder / "selftest_program").string();
  std::vector<std::string> build{options.compiler, "-std=c++14", "-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic",
                                 "-Wconversion", "-Werror"};
  build.insert(build.end(), options.flags.begin(), options.flags.end());
  for (const std::string& include : {std::string("include"), std::string("src"), std::string("selftest"), std::string()})
    build.push_back("-I" + (folder / include).string());
  build.insert(build.end(), {(folder / "all.cpp").string(), "-o", program});
  const auto built = run_process(build, {.time = std::chrono::minutes(5)});
  if (!built) return render(built.error());
  if (built->end != ProcessEnd::exited || built->status != 0) return built->standard_error;
  const auto run = run_process({program}, {.time = std::chrono::minutes(2)});
  if (!run) return render(run.error());
  const bool passed = run->end == ProcessEnd::exited && run->status == 0 && run->standard_output.ends_with("PASS\n");
  return passed ? "" : run->standard_output + run->standard_error;
}

void expect(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

std::vector<std::string> run_all(const std::vector<std::function<std::string()>>& jobs) {
  std::vector<std::string> results(jobs.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      try {
        results[i] = jobs[i]();
      } catch (const std::exception& problem) {
        results[i] = problem.what();
      }
    }
  };
  std::thread other(work);
  work();
  other.join();
  std::erase(results, "");
  return results;
}

}  // namespace mote::test
