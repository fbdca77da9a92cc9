#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

// Lists of words as one text, the form of such attributes in a graph: "," between the words; inside a word "\," stands for
// a comma and "\\" for a backslash. The empty text is the list without words.
[[nodiscard]] std::string joined_words(std::span<const std::string> words);
[[nodiscard]] std::vector<std::string> split_words(std::string_view joined);

}  // namespace mote
