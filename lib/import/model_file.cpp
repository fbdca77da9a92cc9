#include "lib/import/model_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include "lib/support/file_handle.hpp"
#include "lib/import/prescan.hpp"

namespace mote {
namespace {

Diagnostic unreadable(const std::string& path, const std::string& why) {
  return {.code = Code::file_unreadable, .message = why, .where = {.file = path}};
}

// Protobuf reports parse errors on stderr by itself; mote's diagnostics are the only voice.
class QuietProtobuf {
 public:
  QuietProtobuf() : previous_(google::protobuf::SetLogHandler(nullptr)) {}
  ~QuietProtobuf() { google::protobuf::SetLogHandler(previous_); }
  QuietProtobuf(const QuietProtobuf&) = delete;
  QuietProtobuf& operator=(const QuietProtobuf&) = delete;

 private:
  google::protobuf::LogHandler* previous_;
};

}  // namespace

Result<Bytes> read_regular_file(const std::string& path, std::int64_t most_bytes) {
  // Without O_NONBLOCK the open of a pipe waits for a writer.
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return unreadable(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return unreadable(path, "not a regular file");
  if (status.st_size > most_bytes)
    return Diagnostic{.code = Code::limit_exceeded,
                      .message = "the file has " + std::to_string(status.st_size) + " bytes, the limit is " +
                                 std::to_string(most_bytes),
                      .where = {.file = path}};
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  if (!file.read_at(0, bytes)) return unreadable(path, "the file changed while it was read");
  return bytes;
}

Result<onnx::ModelProto> parse_model(std::span<const std::byte> bytes, const ImportLimits& limits) {
  const std::vector<std::string> help{"check it with the exporter, or with onnx.checker"};
  if (bytes.empty()) return Diagnostic{.code = Code::malformed_model, .message = "the file is empty", .help = help};
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return Diagnostic{.code = Code::limit_exceeded, .message = "protobuf reads at most 2^31 - 1 bytes"};
  if (auto scanned = prescan(bytes, limits); !scanned) {
    Diagnostic problem = scanned.error();
    if (problem.code == Code::malformed_model) {
      problem.message = "not an ONNX model, or a truncated one: " + problem.message;
      problem.help = help;
    }
    return problem;
  }
  const QuietProtobuf quiet;
  onnx::ModelProto model;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetRecursionLimit(static_cast<int>(limits.message_depth) + 1);
  if (!model.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage())
    return Diagnostic{.code = Code::malformed_model, .message = "the file cannot be parsed as a ModelProto", .help = help};
  if (!model.has_graph())
    return Diagnostic{.code = Code::malformed_model, .message = "the file holds no graph", .help = help};
  return model;
}

}  // namespace mote
