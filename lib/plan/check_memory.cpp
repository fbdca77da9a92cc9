#include "lib/plan/check_memory.hpp"

#include <iterator>

namespace mote {

void MemoryImage::split_at(std::int64_t offset) {
  auto next = runs_.upper_bound(offset);
  if (next == runs_.begin()) return;
  auto& [begin, run] = *std::prev(next);
  if (begin == offset || begin + run.bytes <= offset) return;
  const std::int64_t kept = offset - begin;
  runs_.emplace_hint(next, offset, Content{run.value, run.offset + kept, run.bytes - kept});
  run.bytes = kept;
}

void MemoryImage::write(std::int64_t offset, const Content& content) {
  if (content.bytes == 0) return;
  split_at(offset);
  split_at(offset + content.bytes);
  runs_.erase(runs_.lower_bound(offset), runs_.lower_bound(offset + content.bytes));
  runs_.emplace(offset, content);
}

std::int64_t MemoryImage::mismatch(std::int64_t offset, const Content& content) const {
  const std::int64_t end = offset + content.bytes;
  for (std::int64_t at = offset; at < end;) {
    const auto next = runs_.upper_bound(at);
    if (next == runs_.begin()) return at;
    const auto& [begin, run] = *std::prev(next);
    const bool held = at < begin + run.bytes && run.value == content.value &&
                      run.offset + (at - begin) == content.offset + (at - offset);
    if (!held) return at;
    at = begin + run.bytes;
  }
  return -1;
}

}  // namespace mote
