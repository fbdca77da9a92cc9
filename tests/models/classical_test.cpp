// Linear models, support vector machines and the preprocessing around them against ONNX Runtime's outputs: labels exactly
// on every row of their test sets, scores within 1e-5; as the model has them, after the passes, and as emitted code.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/golden_outputs.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Margins are sums whose terms cancel: ONNX Runtime's own, in single precision, are off by as much.
constexpr Nearness near{.of_largest = 1.0, .size = 0.1};

// Of ../shared: the models of scikit-learn that are no trees, pipelines and networks of perceptrons among them.
std::vector<Forest> classical_models() {
  const fs::path shared = shared_folder();
  std::vector<Forest> all;
  for (const std::string name : {"cancer_linsvc", "cancer_logreg", "cancer_svc_poly", "cancer_svc_rbf", "diabetes_ridge",
                                 "digits_logreg", "digits_mlp32", "har_logreg", "hmp_logreg", "hmp_mlp48x24",
                                 "wine_logreg_ovr", "wine_svc_rbf"})
    all.push_back({name, shared / "models" / "trees" / (name + ".onnx"), shared / "golden" / "trees" / name});
  for (const std::string name : {"logreg_iris", "pipeline_lightgbm", "sk_elasticnet", "sk_imputer", "sk_logreg_multi",
                                 "sk_ocsvm", "sk_svc_nu_multi_proba", "sk_svr_nu", "velardo_lesson9"})
    all.push_back({name, shared / "models" / "extra" / (name + ".onnx"), shared / "golden" / "extra" / name});
  return all;
}

void check_all(const std::function<std::string(const Forest&)>& check) {
  if (!shared_present("classical models were not compared with their golden outputs")) return;
  std::vector<std::function<std::string()>> jobs;
  for (const Forest& model : classical_models()) jobs.push_back([model, check] { return check(model); });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

}  // namespace

TEST_CASE("classical models give ONNX Runtime's labels and scores on every row of their test sets") {
  check_all([](const Forest& model) {
    const Loaded loaded = load(model);
    return compare_outputs(model.name, interpret(loaded.graph, loaded.inputs), loaded, near);
  });
}

TEST_CASE("their decomposition gives the same, in the interpreter and as emitted code") {
  check_all([](const Forest& model) { return check_emitted(model, Optimize::automatic, near); });
}
