#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/import/external_data.hpp"
#include "lib/support/sha256.hpp"
#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;
namespace fs = std::filesystem;

namespace {

// A folder of its own with secret.bin outside of the model's folder.
class Sandbox {
 public:
  Sandbox() {
    std::string pattern = (fs::temp_directory_path() / "mote-external-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    fs::create_directories(root_ / "model/sub");
    write("secret.bin", "secret!!");
    write("model/weights.bin", "0123456789abcdef");
    write("model/sub/weights.bin", "subsubsubsubsubs");
    fs::create_symlink(root_ / "secret.bin", root_ / "model/link.bin");
    fs::create_symlink(root_, root_ / "model/outside");
    fs::create_symlink("sub", root_ / "model/inside");
    fs::create_hard_link(root_ / "secret.bin", root_ / "model/hard.bin");
  }
  ~Sandbox() { fs::remove_all(root_); }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] std::string folder() const { return (root_ / "model").string(); }
  [[nodiscard]] std::string secret() const { return (root_ / "secret.bin").string(); }

 private:
  void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }
  fs::path root_;
};

std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

TEST_CASE("a range of a file in the model's folder is read") {
  const Sandbox sandbox;
  for (const PathResolver resolver : {PathResolver::kernel, PathResolver::stepwise}) {
    CHECK(text_of(*read_external(sandbox.folder(), {"weights.bin", 4, 4}, resolver)) == "4567");
    CHECK(text_of(*read_external(sandbox.folder(), {"./sub/weights.bin", 0, 3}, resolver)) == "sub");
    CHECK(text_of(*read_external(sandbox.folder(), {"weights.bin", 16, 0}, resolver)).empty());
  }
}

TEST_CASE("every way out of the model's folder is closed") {
  const Sandbox sandbox;
  const auto resolver = GENERATE(PathResolver::kernel, PathResolver::stepwise);
  for (const std::string& location :
       {std::string("../secret.bin"), std::string("sub/../../secret.bin"), std::string("sub/../weights.bin"),
        sandbox.secret(), std::string("link.bin"), std::string("outside/secret.bin"), std::string("inside/weights.bin"),
        std::string("hard.bin"), std::string("sub"), std::string("/dev/zero"), std::string(""), std::string("sub//weights.bin"),
        std::string("absent.bin"), std::string("weights.bin\0.txt", 16), std::string("..")}) {
    INFO(location);
    const auto read = read_external(sandbox.folder(), {location, 0, 4}, resolver);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::external_data);
  }
}

TEST_CASE("a range must lie inside the file") {
  const Sandbox sandbox;
  for (const auto& [offset, length] : {std::pair<std::int64_t, std::int64_t>{13, 4}, {-1, 4}, {0, -4}, {17, 0},
                                       {INT64_MAX, 4}, {4, INT64_MAX}})
    CHECK(read_external(sandbox.folder(), {"weights.bin", offset, length}).error().code == Code::external_data);
}

TEST_CASE("tensors in other files are read only when allowed, and recorded with their hash") {
  const Sandbox sandbox;
  ModelBuilder model;
  model.input("x", {4});
  auto& low = *model.proto.mutable_graph()->add_initializer();
  low.set_name("low");
  low.set_data_type(onnx::TensorProto::FLOAT);
  low.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto add = [&](const std::string& key, const std::string& value) {
    auto& entry = *low.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  };
  add("location", "weights.bin");
  add("offset", "4");
  model.node("Clip", {"x", "low"}, {"y"});
  model.output("y");
  const std::string path = sandbox.folder() + "/model.onnx";
  ImportOptions options;
  CHECK(codes_of(import_onnx_bytes(model.bytes(), path, options)) == std::vector{Code::external_data});
  options.allow_external_data = true;
  const auto imported = import_onnx_bytes(model.bytes(), path, options);
  REQUIRE(imported);
  REQUIRE(imported->external.size() == 1);
  CHECK(imported->external[0].location == "weights.bin");
  CHECK(imported->external[0].sha256 == sha256("4567"));
  add("length", "5");
  CHECK(codes_of(import_onnx_bytes(model.bytes(), path, options)) == std::vector{Code::external_data});
  low.mutable_external_data(1)->set_value("4x");
  CHECK(codes_of(import_onnx_bytes(model.bytes(), path, options)) == std::vector{Code::external_data});
}
