#include "lib/import/versions.hpp"

#include <array>
#include <string_view>

#include "lib/import/names.hpp"

namespace mote {
namespace {

// The newest operator set of the classes in libonnx 1.12.
constexpr std::int64_t protobuf_opset = 17;

// Operator sets of the default domain in which an operator changed its meaning without a change of its attribute names
// that complete_attributes would notice: defaults, moved operands, other arithmetic. Two per operator are enough,
// because older forms are covered by OnnxForm::since. 0: none.
struct Changes {
  std::string_view op;
  std::array<int, 3> opsets;
};
constexpr Changes changes[] = {
    {"Attention", {24}},
    {"AveragePool", {19}},
    {"BatchNormalization", {9, 14}},
    {"Clip", {11}},
    {"DFT", {20}},
    {"DequantizeLinear", {13, 21}},
    {"Dropout", {12}},
    {"GRU", {14}},
    {"GridSample", {20}},
    {"GroupNormalization", {21}},
    {"Hardmax", {13}},
    {"LSTM", {14}},
    {"LogSoftmax", {13}},
    {"Pad", {11, 18, 19}},
    {"QuantizeLinear", {13, 21}},
    {"RNN", {14}},
    {"ReduceL1", {18}},
    {"ReduceL2", {18}},
    {"ReduceLogSum", {18}},
    {"ReduceLogSumExp", {18}},
    {"ReduceMax", {18}},
    {"ReduceMean", {18}},
    {"ReduceMin", {18}},
    {"ReduceProd", {18}},
    {"ReduceSum", {13}},
    {"ReduceSumSquare", {18}},
    {"Reshape", {5, 14}},
    {"Resize", {11, 18, 19}},
    {"ScatterElements", {16, 18}},
    {"ScatterND", {16, 18}},
    {"Shape", {15}},
    {"Slice", {10}},
    {"Softmax", {13}},
    {"Split", {13, 18}},
    {"Squeeze", {13}},
    {"TopK", {10, 11}},
    {"Unsqueeze", {13}},
};

std::string set_name(std::string_view domain) { return domain.empty() ? "ai.onnx" : std::string(domain); }

}  // namespace

std::string canonical_domain(const std::string& domain) { return domain == "ai.onnx" ? std::string() : domain; }

OpsetImports read_opsets(const onnx::ModelProto& model, Problems& problems, Diagnostics& notes) {
  OpsetImports opsets;
  for (const auto& entry : model.opset_import()) {
    const auto [place, fresh] = opsets.emplace(canonical_domain(entry.domain()), entry.version());
    if (!fresh && place->second != entry.version())
      problems.add(Diagnostic{.code = Code::malformed_model,
                              .message = "operator set " + shown(set_name(place->first)) + " is imported twice, as " +
                                         std::to_string(place->second) + " and " + std::to_string(entry.version())});
    if (entry.version() < 1)
      problems.add(Diagnostic{.code = Code::malformed_model,
                              .message = "operator set " + shown(set_name(place->first)) + " has version " +
                                         std::to_string(entry.version()) + ", must be at least 1"});
  }
  if (opsets.empty()) {
    problems.add(Diagnostic{.code = Code::malformed_model, .message = "the model imports no operator set"});
    return opsets;
  }
  const auto found = opsets.find("");
  if (found == opsets.end()) return opsets;
  if (found->second > newest_opset)
    problems.add(Diagnostic{.code = Code::unsupported_version,
                            .message = "operator set " + std::to_string(found->second) + " is newer than " +
                                       std::to_string(newest_opset) + ", the newest that is known",
                            .help = {"export the model with opset " + std::to_string(newest_opset) + " or older"}});
  else if (found->second > protobuf_opset)
    notes.push_back({.severity = Severity::note,
                     .code = Code::newer_opset,
                     .message = "the model uses operator set " + std::to_string(found->second) +
                                ", newer than the protobuf classes of this build (" +
                                std::to_string(protobuf_opset) + ")"});
  return opsets;
}

Status check_version(const OpDef& op, std::int64_t opset, const Locus& where) {
  const OnnxForm& form = op.onnx;
  if (opset < form.since)
    return Diagnostic{.code = Code::unsupported_version,
                      .message = "operator set " + std::to_string(opset) + " is older than " +
                                 std::to_string(form.since) + ", the oldest form of the operator that is known",
                      .where = where,
                      .help = {"convert the model with onnx.version_converter, or export it with opset 13 or newer"}};
  if (!form.domain.empty()) return Ok{};
  for (const Changes& row : changes) {
    if (row.op != form.name) continue;
    for (const int changed : row.opsets)
      if (changed > form.until && changed <= opset)
        return Diagnostic{.code = Code::unsupported_version,
                          .message = "the operator changed in operator set " + std::to_string(changed) +
                                     ", known are " + std::to_string(form.since) + " to " + std::to_string(form.until),
                          .where = where,
                          .help = {"export the model with opset " + std::to_string(form.until)}};
  }
  return Ok{};
}

}  // namespace mote
