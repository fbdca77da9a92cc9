// The main job on the bundled sample: what the drop promises, checked from outside.
#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> tree(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).generic_string()] = contents(entry.path());
  return files;
}

ProcessResult run_tool(const std::vector<std::string>& arguments) {
  const auto result = run_process(arguments);
  REQUIRE(result);
  return *result;
}

std::vector<std::string> compile_command(const fs::path& drop, const std::string& compiler,
                                         const std::string& standard, const fs::path& object) {
  return {compiler, "-std=" + standard, "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
          "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", "-I" + (drop / "include").string(),
          "-I" + (drop / "src").string(), "-c", (drop / "src/digits_network.cpp").string(), "-o", object.string()};
}

}  // namespace

TEST_CASE("a drop is the same byte for byte every time, wherever it is written") {
  CHECK(tree(compiled("same-a", {"--target", "nucleo-l4r5zi"})) == tree(compiled("same-b", {"--target", "nucleo-l4r5zi"})));
}

TEST_CASE("an earlier drop is replaced, anything else is left alone") {
  const fs::path folder = compiled("replaced");
  CHECK(mote_process({"compile", digits, "-o", folder.string()}).status == 0);
  std::ofstream(folder / "notes.txt") << "mine";
  const auto refused = mote_process({"compile", digits, "-o", folder.string()});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.standard_error, Contains("E0507"));
  CHECK(contents(folder / "notes.txt") == "mine");
}

TEST_CASE("a model that does not fit is refused with exit code 3, by how much, and leaves nothing behind") {
  const fs::path folder = fresh("too-big");
  const auto ram = mote_process({"compile", digits, "--target", "atmega2560", "--ram", "512", "-o", folder.string()});
  CHECK(ram.status == 3);
  CHECK_THAT(ram.standard_error, Contains("E0301"));
  const auto flash = mote_process({"compile", digits, "--target", "atmega2560", "--flash", "1k", "-o", folder.string()});
  CHECK(flash.status == 3);
  CHECK_THAT(flash.standard_error, Contains("E0302"));
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE("verify passes a drop and notices every changed, missing or added file") {
  const fs::path folder = compiled("verified");
  const auto good = mote_process({"verify", folder.string()});
  INFO(good.standard_output);
  CHECK(good.status == 0);
  for (const auto& [name, text] : tree(folder)) {
    if (name == "manifest.json") continue;
    INFO(name);
    std::string changed = text;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    std::ofstream(folder / name, std::ios::binary) << changed;
    CHECK(mote_process({"verify", folder.string(), "--hashes-only"}).status == 4);
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  std::ofstream(folder / "added.txt") << "x";
  CHECK(mote_process({"verify", folder.string(), "--hashes-only"}).status == 4);
}

TEST_CASE("the network compiles as C++14, 17 and 20 without a warning and needs nothing but mem*") {
  const fs::path drop = compiled("strict");
  const fs::path object = fs::path(MOTE_SCRATCH) / "network.o";
  for (const std::string compiler : {"g++", "clang++"})
    for (const std::string standard : {"c++14", "c++17", "c++20"}) {
      if (!find_program(compiler)) {
        WARN("SKIPPED: " << compiler << " is not installed");
        continue;
      }
      const auto built = run_tool(compile_command(drop, compiler, standard, object));
      INFO(compiler << " " << standard << "\n" << built.standard_error);
      CHECK(built.status == 0);
    }
  std::istringstream symbols(run_tool({"nm", "-u", object.string()}).standard_output);
  for (std::string kind, name; symbols >> kind >> name;) {
    INFO(name);
    CHECK((name == "memcpy" || name == "memset" || name == "memmove" || name.find("digits_weights") != std::string::npos ||
           name == "_GLOBAL_OFFSET_TABLE_" || name == "__stack_chk_fail"));
  }
  CHECK_THAT(run_tool({"objdump", "-h", object.string()}).standard_output, !Contains(".init_array"));
}

TEST_CASE("the C header serves C99 and C++, with and without the static context") {
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--no-static-context"}}) {
    const fs::path drop = compiled("header", more);
    const fs::path source = fs::path(MOTE_SCRATCH) / "user.c";
    std::ofstream(source) << "#include \"digits/digits.h\"\n"
                             "static digits_context mine, other;\n"
                             "int use(const float *image, float *scores);\n"
                             "int use(const float *image, float *scores) {\n"
                             "  return digits_run(&mine, image, scores) + digits_run(&other, image, scores);\n}\n";
    const std::string include = "-I" + (drop / "include").string();
    const std::string object = std::string(MOTE_SCRATCH) + "/user.o";
    for (const std::string standard : {"-std=c99", "-std=c11", "-std=c17"}) {
      const auto built = run_tool({"gcc", standard, "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", include,
                                   "-c", source.string(), "-o", object});
      INFO(standard << built.standard_error);
      CHECK(built.status == 0);
    }
    const bool has_static = contents(drop / "include/digits/digits.h").find("digits_static_context") != std::string::npos;
    CHECK(has_static == more.empty());
  }
}

TEST_CASE("the manifest lets other tools drive the drop") {
  const fs::path drop = compiled("manifest", {"--target", "nucleo-l4r5zi"});
  const auto manifest = nlohmann::json::parse(contents(drop / "manifest.json"));
  CHECK(manifest["name"] == "digits");
  CHECK(manifest["entry"] == "digits_run");
  CHECK(manifest["context_type"] == "digits_context");
  CHECK(fs::exists(drop / manifest["header"].get<std::string>()));
  for (const auto& source : manifest["sources"]) CHECK(fs::exists(drop / source.get<std::string>()));
  CHECK(manifest["inputs"][0]["c_name"] == "image");
  CHECK(manifest["inputs"][0]["shape"] == nlohmann::json({1, 1, 8, 8}));
  CHECK(manifest["outputs"][0]["c_name"] == "scores");
  for (const char* key : {"arena_bytes", "scratch_bytes", "stack_bytes", "weights_bytes"})
    CHECK(manifest["memory"][key].is_number_integer());
  CHECK(manifest["macs"] == 23680);
}
