#include "lib/import/unsupported.hpp"

#include "lib/import/attribute_decode.hpp"
#include "lib/import/names.hpp"
#include "lib/import/versions.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

std::vector<std::string> help_for(const std::string& domain, const std::string& op_type) {
  std::vector<std::string> known;
  for (const OpDef* op : all_ops())
    if (op->onnx.since > 0 && (op->onnx.domain == domain || op->onnx.name == op_type))
      known.emplace_back(op->onnx.name);
  std::vector<std::string> help;
  if (op_type.size() <= 64)  // an edit distance over a long name costs time and helps nobody
    for (const std::string& name : nearest(op_type, known)) help.push_back("similar: " + name);
  help.emplace_back("`mote list ops` shows all operators that are supported");
  return help;
}

}  // namespace

ModelFunctions functions_of(const onnx::ModelProto& model) {
  ModelFunctions functions;
  for (const onnx::FunctionProto& function : model.functions())
    functions.emplace(canonical_domain(function.domain()), function.name());
  return functions;
}

bool is_call(const ModelFunctions& functions, const onnx::NodeProto& node) {
  return functions.contains({canonical_domain(node.domain()), node.op_type()});
}

Diagnostic unsupported_operator(const ModelFunctions& functions, const onnx::NodeProto& node, const Locus& where) {
  const std::string domain = canonical_domain(node.domain());
  Diagnostic problem{.code = Code::unsupported_op, .where = where};
  if (has_subgraph(node)) {
    problem.message = "control flow (a node with a subgraph) is not supported";
    problem.help = {"export the model with loops unrolled and branches decided"};
  } else if (is_call(functions, node)) {
    problem.message = "the operator is a function that the model defines itself, which is not supported";
    problem.help = {"inline the functions before, for instance with onnx.inliner.inline_local_functions"};
  } else {
    problem.message = "operator " + shown(node.op_type()) + " of domain " + shown(domain.empty() ? "ai.onnx" : domain) +
                      " is not supported";
    problem.help = help_for(domain, node.op_type());
  }
  return problem;
}

}  // namespace mote
