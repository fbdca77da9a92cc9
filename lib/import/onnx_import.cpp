#include "lib/import/onnx_import.hpp"
namespace mote {
Result<ImportedModel> import_onnx(const std::string& path, const ImportOptions&) {
  return Diagnostic{.code = Code::file_unreadable, .message = "cannot read", .where = {.file = path, .node = {}, .op_type = {}, .value = {}}};
}
}  // namespace mote
