#include "lib/import/prescan.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lib/import/wire_schema.hpp"

namespace mote {
namespace {

// Wire types of protobuf; 3 and 4 (groups) do not occur in ONNX and are refused.
enum : std::uint32_t { wire_varint = 0, wire_fixed64 = 1, wire_bytes = 2, wire_fixed32 = 5 };

// Upper bounds of what one such field occupies once parsed, with the allocator's share (64-bit, libstdc++).
constexpr std::int64_t message_bytes = 272, string_bytes = 64, unknown_bytes = 64, repeated_number_bytes = 8;

class Walk {
 public:
  Walk(std::span<const std::byte> model, const ImportLimits& limits) : bytes_(model), limits_(limits) {
    const auto size = static_cast<std::int64_t>(model.size());
    most_bytes_ = std::min(limits.parsed_bytes_base + limits.parsed_bytes_factor * size, limits.parsed_bytes_most);
  }

  Result<PrescanReport> run() {
    open_.push_back({.message = Message::model, .end = bytes_.size()});
    report_.messages = 1;
    report_.deepest = 1;
    while (!open_.empty()) {
      if (position_ == open_.back().end) {
        open_.pop_back();
        continue;
      }
      MOTE_TRY_STATUS(field());
    }
    return report_;
  }

 private:
  struct Frame {
    Message message{};
    std::size_t end = 0;
  };

  [[nodiscard]] Diagnostic malformed(const std::string& what) const {
    return {.code = Code::malformed_model, .message = what + " at byte " + std::to_string(position_)};
  }

  // Base-128, at most ten bytes, inside the current message.
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (position_ == open_.back().end) return std::nullopt;
      const auto byte = std::to_integer<std::uint64_t>(bytes_[position_++]);
      if (shift < 64) value |= (byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::uint64_t left() const { return open_.back().end - position_; }

  Status field() {
    const auto tag = varint();
    if (!tag || *tag > std::numeric_limits<std::uint32_t>::max()) return malformed("a broken field tag");
    const auto number = static_cast<std::uint32_t>(*tag >> 3U);
    if (number == 0) return malformed("field number 0");
    const FieldForm form = field_form(open_.back().message, number);
    switch (static_cast<std::uint32_t>(*tag & 7U)) {
      case wire_varint:
        if (!varint()) return malformed("a broken number");
        return charge(form.kind == FieldKind::unknown ? unknown_bytes : repeated_number_bytes);
      case wire_fixed64: return skip(8, form);
      case wire_fixed32: return skip(4, form);
      case wire_bytes: return delimited(form);
      default: return malformed("a field of a wire type that ONNX does not use");
    }
  }

  Status skip(std::uint64_t size, const FieldForm& form) {
    if (size > left()) return malformed("a number cut off");
    position_ += size;
    return charge(form.kind == FieldKind::unknown ? unknown_bytes : repeated_number_bytes);
  }

  Status delimited(const FieldForm& form) {
    const auto length = varint();
    if (!length) return malformed("a broken length");
    if (*length > left())
      return malformed("a field claims " + std::to_string(*length) + " bytes where " + std::to_string(left()) +
                       " are left");
    if (form.kind == FieldKind::message) return enter(form.message, position_ + *length);
    position_ += *length;
    const auto size = static_cast<std::int64_t>(*length);
    if (form.kind == FieldKind::packed) return charge(size / form.bytes_on_wire * form.bytes_parsed);
    return charge((form.kind == FieldKind::unknown ? unknown_bytes : string_bytes) + size);
  }

  Status enter(Message message, std::size_t end) {
    if (open_.size() >= limits_.message_depth)
      return Diagnostic{.code = Code::limit_exceeded,
                        .message = "messages are nested more than " + std::to_string(limits_.message_depth) +
                                   " deep at byte " + std::to_string(position_)};
    if (++report_.messages > limits_.messages)
      return Diagnostic{.code = Code::limit_exceeded,
                        .message = "more than " + std::to_string(limits_.messages) + " messages"};
    open_.push_back({.message = message, .end = end});
    report_.deepest = std::max(report_.deepest, open_.size());
    return charge(message_bytes);
  }

  Status charge(std::int64_t memory) {
    report_.parsed_bytes += memory;
    if (report_.parsed_bytes <= most_bytes_) return Ok{};
    return Diagnostic{.code = Code::limit_exceeded,
                      .message = "the file of " + std::to_string(bytes_.size()) + " bytes would need more than " +
                                 std::to_string(most_bytes_) + " bytes of memory once parsed"};
  }

  std::span<const std::byte> bytes_;
  const ImportLimits& limits_;
  std::int64_t most_bytes_ = 0;
  std::size_t position_ = 0;
  std::vector<Frame> open_;
  PrescanReport report_;
};

}  // namespace

Result<PrescanReport> prescan(std::span<const std::byte> model, const ImportLimits& limits) {
  return Walk(model, limits).run();
}

}  // namespace mote
