#pragma once
#include <string_view>

#include "lib/target/target.hpp"

namespace mote {

// Reads the TOML description of a target. Strict: unknown keys, wrong types, missing keys, impossible sizes,
// overlapping regions and an unclear choice of the arena's or the weights' region are all reported at once, each with
// `origin` (the file's name) and its line, as Code::malformed_target.
//
//   name, description, core, isa : text           aliases : list of text, optional
//   clock_hz : integer
//   [cpu]       fpu = "none" | "single" | "double", dsp, mve : boolean, alignment_bytes : power of two, 1..128
//   [[memory]]  name : text, kind = "ram" | "flash", origin, bytes : integer,
//               optional: reserved_bytes : integer, section : text, arena, weights : boolean
//   [compiler]  prefix : text, flags : list of text
//   [emulator]  board : text                      the table is optional
//
// `arena` marks the RAM region that takes activations, `weights` the flash region that takes constants; a sole region
// of its kind needs no mark.
[[nodiscard]] Result<Target> parse_target(std::string_view text, std::string_view origin);

}  // namespace mote
