#include "tools/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

extern "C" char** environ;

namespace mote {

namespace {

using Clock = std::chrono::steady_clock;

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  void reset(int number) {
    close();
    number_ = number;
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read_end{}, write_end{};
  [[nodiscard]] bool open() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
    return true;
  }
};

Diagnostic cannot_run(const std::string& program, int reason) {
  return {.severity = Severity::error,
          .code = Code::tool_missing,
          .message = "'" + program + "' cannot be started: " + std::strerror(reason),
          .where = {},
          .help = {}};
}

// Starts the child; 0 or the reason of failure.
int spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments, const Pipe& out,
          const Pipe& err, pid_t& child) {
  std::vector<std::string> copies = arguments;
  std::vector<char*> vector;
  for (std::string& argument : copies) vector.push_back(argument.data());
  vector.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int reason = posix_spawn_file_actions_init(&actions); reason != 0) return reason;
  if (const int reason = posix_spawnattr_init(&attributes); reason != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return reason;
  }
  int reason = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (reason == 0) reason = posix_spawn_file_actions_adddup2(&actions, out.write_end.get(), STDOUT_FILENO);
  if (reason == 0) reason = posix_spawn_file_actions_adddup2(&actions, err.write_end.get(), STDERR_FILENO);
  if (reason == 0) reason = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  if (reason == 0) reason = posix_spawnattr_setpgroup(&attributes, 0);
  if (reason == 0) reason = posix_spawn(&child, program.c_str(), &actions, &attributes, vector.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left <= 0 ? 0 : left > 1'000'000 ? 1'000'000 : static_cast<int>(left);
}

// Appends what can be read now, up to the limit. False: more than the limit. Closes the descriptor at its end.
bool drain(Descriptor& from, std::string& text, std::size_t most) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) {
    from.close();
    return true;
  }
  const std::size_t bytes = static_cast<std::size_t>(count), room = most - text.size();
  text.append(buffer.data(), bytes < room ? bytes : room);
  return bytes <= room;
}

// Reads both streams until they end; tells which limit stopped it, if any.
std::optional<ProcessEnd> collect(Pipe& out, Pipe& err, const ProcessLimits& limits, Clock::time_point deadline,
                                  ProcessResult& result) {
  while (out.read_end.get() >= 0 || err.read_end.get() >= 0) {
    // A negative descriptor is one that poll ignores.
    std::array<pollfd, 2> waiting{{{out.read_end.get(), POLLIN, 0}, {err.read_end.get(), POLLIN, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), milliseconds_until(deadline));
    if (ready <= 0) {
      if (Clock::now() >= deadline) return ProcessEnd::timed_out;
      continue;
    }
    if (waiting[0].revents != 0 && !drain(out.read_end, result.standard_output, limits.output_bytes)) {
      return ProcessEnd::output_exceeded;
    }
    if (waiting[1].revents != 0 && !drain(err.read_end, result.standard_error, limits.output_bytes)) {
      return ProcessEnd::output_exceeded;
    }
  }
  return std::nullopt;
}

// Waits for the child, which may outlive its streams. False at the deadline.
bool wait_until(pid_t child, Clock::time_point deadline, int& state) {
  for (;;) {
    const pid_t ended = ::waitpid(child, &state, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 1);
  }
}

void kill_group(pid_t child, int& state) {
  ::kill(-child, SIGKILL);
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {}
}

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name) {
  const auto executable = [](const std::filesystem::path& path) {
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos)
    return executable(name) ? std::optional<std::filesystem::path>(name) : std::nullopt;
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(folder.size() < rest.size() ? folder.size() + 1 : rest.size());
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (!folder.empty() && executable(candidate)) return candidate;
  }
  return std::nullopt;
}

Result<ProcessResult> run_process(const std::vector<std::string>& arguments, const ProcessLimits& limits) {
  const std::string name = arguments.empty() ? "" : arguments.front();
  const auto program = find_program(name);
  if (!program) return cannot_run(name, ENOENT);
  Pipe out, err;
  if (!out.open() || !err.open()) return cannot_run(name, errno);
  pid_t child = -1;
  if (const int reason = spawn(*program, arguments, out, err, child); reason != 0) return cannot_run(name, reason);
  out.write_end.close();
  err.write_end.close();

  ProcessResult result;
  const Clock::time_point deadline = Clock::now() + limits.time;
  std::optional<ProcessEnd> stopped = collect(out, err, limits, deadline, result);
  int state = 0;
  if (!stopped && !wait_until(child, deadline, state)) stopped = ProcessEnd::timed_out;
  if (stopped) {
    kill_group(child, state);
    result.end = *stopped;
  } else {
    result.end = WIFSIGNALED(state) ? ProcessEnd::signalled : ProcessEnd::exited;
    result.status = WIFSIGNALED(state) ? WTERMSIG(state) : WEXITSTATUS(state);
  }
  return result;
}

}  // namespace mote
