#include "tools/training_progress.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "lib/support/log.hpp"

namespace mote {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

void request_stop(int) {
  stop_requested = 1;
  std::signal(SIGINT, SIG_DFL);
}

std::string line_of(const EpochReport& report, double seconds_left) {
  char text[160];
  std::snprintf(text, sizeof text, "epoch %ld/%ld  loss %.5g  held out %.5g (best %.5g)  %.0f s left",
                static_cast<long>(report.epoch), static_cast<long>(report.epochs), report.trained, report.held_out,
                report.best, seconds_left);
  return text;
}

}  // namespace

TrainingProgress::TrainingProgress() : terminal_(isatty(STDERR_FILENO) == 1) {
  stop_requested = 0;
  std::signal(SIGINT, request_stop);
}

TrainingProgress::~TrainingProgress() {
  std::signal(SIGINT, SIG_DFL);
  if (terminal_ && first_epoch_ > 0) std::fputc('\n', stderr);
}

bool TrainingProgress::show(const EpochReport& report) {
  if (first_epoch_ == 0) first_epoch_ = report.epoch;
  const double per_epoch = seconds() / static_cast<double>(report.epoch - first_epoch_ + 1);
  const std::string line = line_of(report, per_epoch * static_cast<double>(report.epochs - report.epoch));
  if (terminal_)
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  else
    log_detail(line);
  return !interrupted();
}

bool TrainingProgress::interrupted() { return stop_requested != 0; }

double TrainingProgress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace mote
