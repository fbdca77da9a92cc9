#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/import/model_builder.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Result<ImportedModel> import_text(const std::string& text) {
  return import_onnx_bytes(std::as_bytes(std::span(text)), "test.onnx");
}

}  // namespace

TEST_CASE("what is no regular file is refused") {
  CHECK(codes_of(import_onnx("/nonexistent/model.onnx")) == std::vector{Code::file_unreadable});
  CHECK(codes_of(import_onnx("/")) == std::vector{Code::file_unreadable});
  CHECK(codes_of(import_onnx("/dev/zero")) == std::vector{Code::file_unreadable});
}

TEST_CASE("what is no model is refused") {
  CHECK(codes_of(import_text("")) == std::vector{Code::malformed_model});
  CHECK(codes_of(import_text("# Not a model\nprint('hello')\n")) == std::vector{Code::malformed_model});
  CHECK(codes_of(import_text(std::string("\x08\x07", 2))) == std::vector{Code::malformed_model});  // no graph
}

TEST_CASE("a model cut off at any byte is refused or still a whole model, never a crash") {
  const Bytes bytes = relu_model().bytes();
  int refused = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length)
    refused += import_onnx_bytes(std::span(bytes).first(length), "cut.onnx") ? 0 : 1;
  CHECK(refused == static_cast<int>(bytes.size()));
}

TEST_CASE("a model with any one byte changed never breaks an invariant") {
  const Bytes bytes = relu_model().bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const auto flip : {0x01, 0x08, 0x80, 0xFF}) {
      Bytes changed = bytes;
      changed[i] ^= static_cast<std::byte>(flip);
      const auto imported = import_onnx_bytes(changed, "changed.onnx");
      if (imported) CHECK(imported->graph.outputs.size() == 1);
    }
}

TEST_CASE("the file is limited in size") {
  ImportOptions options;
  const Bytes bytes = relu_model().bytes();
  const auto path = std::filesystem::temp_directory_path() / "mote-import-size.onnx";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  options.limits.file_bytes = static_cast<std::int64_t>(bytes.size());
  CHECK(import_onnx(path.string(), options));
  --options.limits.file_bytes;
  CHECK(codes_of(import_onnx(path.string(), options)) == std::vector{Code::limit_exceeded});
  std::filesystem::remove(path);
}
