#include "lib/support/word_list.hpp"

namespace mote {

std::string joined_words(std::span<const std::string> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += ',';
    for (const char letter : words[i]) {
      if (letter == ',' || letter == '\\') text += '\\';
      text += letter;
    }
  }
  return text;
}

std::vector<std::string> split_words(std::string_view joined) {
  if (joined.empty()) return {};
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == ',') {
      words.emplace_back();
      continue;
    }
    if (joined[i] == '\\' && i + 1 < joined.size()) ++i;
    words.back() += joined[i];
  }
  return words;
}

}  // namespace mote
