#include "lib/support/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace mote {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto created = std::make_shared<spdlog::logger>("mote", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    created->set_pattern("mote: %v");
    created->set_level(spdlog::level::info);
    return created;
  }();
  return *instance;
}

}  // namespace

void set_log_level(LogLevel level) {
  switch (level) {
    case LogLevel::quiet: logger().set_level(spdlog::level::off); break;
    case LogLevel::normal: logger().set_level(spdlog::level::info); break;
    case LogLevel::verbose: logger().set_level(spdlog::level::debug); break;
  }
}

void log_step(std::string_view text) { logger().info(text); }
void log_detail(std::string_view text) { logger().debug(text); }

}  // namespace mote
