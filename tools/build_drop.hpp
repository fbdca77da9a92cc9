#pragma once
#include <functional>
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/plan/structure_report.hpp"
#include "passes/pass.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

struct BuildOptions {
  std::string name{};         // C prefix; empty: from the model's file name
  bool static_context = true;
  std::string vectors = "2";  // golden vectors, see vector_inputs.hpp
  std::map<std::string, std::string> recorded{};
  PassObserver observe{};
  const QuantizeOptions* quantize = nullptr;  // see PassContext
  bool integer_only = false;                  // refuse what would run in floating point
  Optimize optimize = Optimize::automatic;
  bool rank_inputs = false;  // see PassContext
  bool keep_structure = false;                // see PassContext
};

struct Drop {
  Plan plan{};
  FileTree files{};
  std::string name{};
  StructureReport structure{};  // which channels were left out
  Diagnostics notes{};          // what of an integer network runs in floating point
};

// The whole way from an imported model to a drop in memory: passes, plan, check, golden vectors, text.
[[nodiscard]] Result<Drop> build_drop(const ImportedModel& model, const std::string& model_path, const Target& target,
                                      const BuildOptions& options = {});

}  // namespace mote
