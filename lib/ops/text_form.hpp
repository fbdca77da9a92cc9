#pragma once
#include <map>
#include <string>
#include <string_view>

#include "lib/ir/graph.hpp"

namespace mote {

// The text form of a graph (`.mir`): for dumps, golden tests and small reproducers. Line by line:
//
//   graph "kws"
//   input %x : f32[1x28x28x1]
//   constant @w : f32[3x3x1x8] = sha256:5f1c…           or = [0.5, -1.0, …]   = fill 0.0   = hex:0000803f…   = random 7
//   %conv1 = Conv2d(%x, @w, _) {strides=[1,1], low=0.0} : f32[1x28x28x8]   // features/conv1 (Conv)
//   %a, _ = MaxPool(%conv1) {…} : f32[1x8x14x14], _     // _ is an optional operand or result that is left out
//   output %a
//
//   file      = "graph" text { line }                       graph, then inputs and constants, nodes in order, outputs
//   line      = "input" value ":" type | "constant" value ":" type "=" elements | "output" value { "," value } | node
//   node      = result { "," result } "=" name "(" [ operand { "," operand } ] ")" [ "{" attr { "," attr } "}" ]
//               ":" type-or-_ { "," type-or-_ } [ "//" origin ]
//   value     = ( "%" | "@" ) ( name | text )               "@" for constants; names with odd characters are quoted
//   type      = dtype "[" [ extent { "x" extent } ] "]" [ "q(" [ "axis=" n "," ] scale ":" zero { "," … } ")" ]
//   attr      = name "=" ( integer | real | text | "[" numbers "]" | type elements )     a real has '.', 'e' or is inf, nan
//   elements  = "[" numbers "]" | "fill" number | "hex:" bytes | "sha256:" digest | "random" seed
//   origin    = node [ "(" op ")" ] [ "of" value ] [ "in" file ]    each a plain word or a text
//   text      = '"' … '"' with \" \\ \n \xNN;   name = letters, digits and . _ / - $
//
// A comment on a line of its own is free. `hex:` has the stored little-endian bytes; `random` draws reals from
// [-1, 1) and integers from 0..3 (PCG32), for tests that do not care.
enum class ConstantText : std::uint8_t {
  inline_values,  // parses back to exactly the same graph
  by_hash,        // small and comparable; parses back given the constants
  omitted,        // only the type; for golden tests of structure; does not parse
};
[[nodiscard]] std::string print(const Graph& graph, ConstantText constants = ConstantText::inline_values);

// The constants of a graph by their SHA-256, for parsing what was printed `by_hash`.
using BlobsByHash = std::map<std::string, Blob, std::less<>>;
[[nodiscard]] BlobsByHash constants_by_hash(const Graph& graph);

// Reads the text form. Attributes are completed, types checked against the operators' rules; the result satisfies
// verify(graph, Stage::imported). Bounds: 1 GiB of text, 256 MiB of constants, no recursion. Errors carry "line:column".
[[nodiscard]] Result<Graph> parse(std::string_view text, const BlobsByHash& known = {});

}  // namespace mote
