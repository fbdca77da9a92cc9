#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// A word of an attribute as a position in the list of legal words: Code::attribute_range otherwise.
template <class Enum, std::size_t N>
Result<Enum> enumerator(const OpView& op, std::string_view attr, const std::string& word,
                        const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, word);
  if (found != words.end()) return static_cast<Enum>(found - words.begin());
  std::string legal;
  for (const std::string_view one : words) legal += (legal.empty() ? "" : ", ") + std::string(one);
  return at(op, Code::attribute_range, "attribute '" + std::string(attr) + "' holds \"" + word + "\"",
            {"legal are " + legal});
}

}  // namespace mote::ops
