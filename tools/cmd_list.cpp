// mote list ops|targets|passes|codes
#include <memory>

#include "codegen/literals.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tools/command.hpp"

namespace mote {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width > text.size() ? width - text.size() : 1, ' ');
}

Report list_ops() {
  Report report{.json = Json::array()};
  for (const OpDef* op : all_ops()) {
    const std::string versions =
        op->onnx.since == 0 ? "core" : "opset " + std::to_string(op->onnx.since) + ".." + std::to_string(op->onnx.until);
    report.text += padded(op->name, 24) + padded(versions, 14) + std::string(op->summary) + "\n";
    report.json.push_back({{"name", op->name}, {"domain", op->onnx.domain}, {"since", op->onnx.since},
                           {"until", op->onnx.until}, {"summary", op->summary}});
  }
  return report;
}

Result<Report> list_targets() {
  Report report{.json = Json::array()};
  for (const std::string& name : all_target_names()) {
    MOTE_TRY(const Target target, find_target(name));
    report.text += padded(target.name, 18) + padded(target.core, 14) + padded(with_thousands(ram_bytes(target)) + " B RAM", 20) +
                   padded(with_thousands(flash_bytes(target)) + " B flash", 22) + target.description + "\n";
    report.json.push_back({{"name", target.name}, {"aliases", target.aliases}, {"core", target.core},
                           {"clock_hz", target.clock_hz}, {"ram_bytes", ram_bytes(target)},
                           {"flash_bytes", flash_bytes(target)}, {"description", target.description}});
  }
  return report;
}

Report list_passes() {
  Report report{.json = Json::array()};
  for (const Pass& pass : standard_pipeline()) {
    report.text += padded(pass.name, 24) + std::string(pass.summary) + "\n";
    report.json.push_back({{"name", pass.name}, {"summary", pass.summary}, {"after", name_of(pass.after)},
                           {"promise", name_of(pass.promise)}});
  }
  return report;
}

Report list_codes() {
  Report report{.json = Json::array()};
  for (const CodeInfo& code : all_codes()) {
    report.text += code_name(code.code) + "  " + std::string(code.title) + "\n";
    report.json.push_back({{"code", code_name(code.code)}, {"title", code.title}, {"exit_code", static_cast<int>(exit_code(code.code))}});
  }
  return report;
}

Result<Report> run(const std::string& what) {
  if (what == "ops") return list_ops();
  if (what == "targets") return list_targets();
  if (what == "passes") return list_passes();
  return list_codes();
}

}  // namespace

Command add_list(CLI::App& root) {
  const auto what = std::make_shared<std::string>();
  CLI::App* app = root.add_subcommand("list", "show the operators, targets, passes or diagnostic codes");
  app->add_option("what", *what, "ops, targets, passes or codes")->required()->check(CLI::IsMember({"ops", "targets", "passes", "codes"}));
  return {app, [what] { return run(*what); }};
}

}  // namespace mote
