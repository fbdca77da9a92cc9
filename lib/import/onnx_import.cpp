#include "lib/import/onnx_import.hpp"

#include <exception>
#include <new>

#include "lib/import/graph_builder.hpp"
#include "lib/import/model_file.hpp"
#include "lib/support/check.hpp"
#include "lib/support/sha256.hpp"

namespace mote {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Diagnostics in_file(Diagnostics diagnostics, const std::string& path) {
  for (Diagnostic& diagnostic : diagnostics)
    if (diagnostic.where.file.empty()) diagnostic.where.file = path;
  return diagnostics;
}

// The parsed model outlives `bytes`, which are released before the graph is built: the file is held once.
Result<ImportedModel> import_parsed(onnx::ModelProto model, std::string hash, const std::string& path,
                                    const ImportOptions& options) {
  auto imported = GraphBuilder(model, folder_of(path), options).build();
  if (!imported) return in_file(std::move(imported.errors()), path);
  imported->sha256 = std::move(hash);
  imported->notes = in_file(std::move(imported->notes), path);
  return imported;
}

// Libraries underneath may throw on exotic input, and memory may run out; a broken invariant of mote passes through.
template <class F>
Result<ImportedModel> guarded(const std::string& path, const F& body) {
  try {
    return body();
  } catch (const InternalError&) {
    throw;
  } catch (const std::bad_alloc&) {
    return Diagnostic{.code = Code::limit_exceeded, .message = "not enough memory to read the model", .where = {.file = path}};
  } catch (const std::exception& error) {
    return Diagnostic{.code = Code::malformed_model, .message = error.what(), .where = {.file = path}};
  }
}

Result<ImportedModel> import_owned(Bytes bytes, const std::string& path, const ImportOptions& options) {
  auto model = parse_model(bytes, options.limits);
  if (!model) return in_file(std::move(model.errors()), path);
  std::string hash = sha256(bytes);
  bytes = Bytes();
  return import_parsed(*std::move(model), std::move(hash), path, options);
}

}  // namespace

Result<ImportedModel> import_onnx(const std::string& path, const ImportOptions& options) {
  return guarded(path, [&]() -> Result<ImportedModel> {
    MOTE_TRY(Bytes bytes, read_regular_file(path, options.limits.file_bytes));
    return import_owned(std::move(bytes), path, options);
  });
}

Result<ImportedModel> import_onnx_bytes(std::span<const std::byte> bytes, const std::string& path,
                                        const ImportOptions& options) {
  return guarded(path, [&] { return import_owned(Bytes(bytes.begin(), bytes.end()), path, options); });
}

}  // namespace mote
