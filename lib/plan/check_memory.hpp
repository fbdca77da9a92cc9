#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// A run of bytes of a value that some step, the caller or the model wrote: what a place in memory should hold.
struct Content {
  ValueId value{};
  std::int64_t offset = 0;  // first byte within the value
  std::int64_t bytes = 0;
};

// Which bytes of which value every byte of one memory holds. Writes replace, reads compare.
class MemoryImage {
 public:
  void write(std::int64_t offset, const Content& content);
  // The first byte in [offset, offset + content.bytes) that does not hold `content`; -1 if all do.
  [[nodiscard]] std::int64_t mismatch(std::int64_t offset, const Content& content) const;

 private:
  void split_at(std::int64_t offset);
  std::map<std::int64_t, Content> runs_{};  // by first byte; disjoint
};

}  // namespace mote
