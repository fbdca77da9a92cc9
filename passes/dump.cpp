#include "passes/dump.hpp"

#include "lib/ops/text_form.hpp"

namespace mote {
namespace {

std::string numbered(std::size_t number, std::string_view name) {
  const std::string digits = std::to_string(number);
  return (digits.size() < 2 ? "0" : "") + digits + "-" + std::string(name) + ".mir";
}

}  // namespace

PassObserver dump_each(std::vector<Dump>& into, std::string only) {
  return [&into, only = std::move(only), number = std::size_t{0}](const Pass& pass, const Graph& before,
                                                                  const Graph& after) mutable -> Status {
    if (number == 0 && only == "all")
      into.push_back({.file_name = numbered(0, "imported"), .text = print(before, ConstantText::by_hash)});
    ++number;
    if (only == "all" || only == pass.name)
      into.push_back({.file_name = numbered(number, pass.name), .text = print(after, ConstantText::by_hash)});
    return Ok{};
  };
}

PassObserver both(PassObserver first, PassObserver second) {
  return [first = std::move(first), second = std::move(second)](const Pass& pass, const Graph& before,
                                                                const Graph& after) -> Status {
    if (first) MOTE_TRY_STATUS(first(pass, before, after));
    if (second) MOTE_TRY_STATUS(second(pass, before, after));
    return Ok{};
  };
}

}  // namespace mote
