#include "codegen/emit.hpp"

#include "codegen/certificate.hpp"
#include "codegen/names.hpp"
#include "codegen/parts.hpp"

namespace mote {

Result<FileTree> emit(const Plan& plan, const EmitOptions& options) {
  const DropNames names = choose_names(plan, options);
  const std::string& n = names.prefix;
  FileTree files;
  files["include/" + n + "/" + n + ".h"] = c_header(plan, names, options);
  files["include/" + n + "/" + n + ".hpp"] = cpp_header(plan, names, options);
  files["src/" + n + "_network.cpp"] = network_source(plan, names, options);
  files["src/" + n + "_weights.hpp"] = weights_header(plan, names);
  files["src/" + n + "_weights.cpp"] = weights_source(plan, names);
  for (auto& [file, text] : kernel_closure(plan)) files["src/kernels/" + file] = std::move(text);
  files["selftest/vectors.hpp"] = selftest_vectors(plan, names, options);
  files["selftest/selftest.cpp"] = selftest_source(plan, names, options);
  files["selftest/host.cpp"] = selftest_host_source();
  files["CMakeLists.txt"] = project_cmake(plan, names);
  files["README.md"] = project_readme(plan, names, options);
  if (const IntegerCertificate certificate = certify(plan.graph); !certificate.empty()) {
    files["certificate.json"] = certificate_json(plan.graph, certificate, options.recorded_options);
    files["README.md"] += "\n" + certificate_section(plan.graph, certificate);
  }
  files["manifest.json"] = manifest(plan, names, options, files);
  return files;
}

}  // namespace mote
