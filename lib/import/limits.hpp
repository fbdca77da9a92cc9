#pragma once
#include <cstddef>
#include <cstdint>

namespace mote {

// What the importer accepts at most, so that no file, however broken or hostile, exhausts memory or time. The defaults
// lie far above any model that fits a microcontroller; every one can be changed and is tested at and above its bound.
struct ImportLimits {
  // Model and external data are held in memory once; nothing larger could be put into a flash.
  std::int64_t file_bytes = std::int64_t{256} << 20;

  // Parsing amplifies: a message of two bytes on the wire costs protobuf up to 272 bytes (an empty AttributeProto), a
  // string 64, a packed integer of one byte 8. The prescan adds up what the parsed model will need, from above, and
  // allows base + factor * file size, at most the last number. Weights in raw_data cost their own size only.
  std::int64_t parsed_bytes_base = std::int64_t{16} << 20;
  std::int64_t parsed_bytes_factor = 8;
  std::int64_t parsed_bytes_most = std::int64_t{768} << 20;
  std::int64_t messages = 1'000'000;

  // Messages inside messages. A model without subgraphs needs 7 (model, graph, value, type, tensor, shape, extent);
  // every subgraph adds 3. Protobuf's own parser recurses once per level.
  std::size_t message_depth = 32;

  std::int64_t nodes = 20'000;
  std::int64_t values = 100'000;  // names of inputs, constants and node outputs together
  std::size_t name_bytes = 4096;  // names travel into comments, file names and messages

  // All constants together, after decoding.
  std::int64_t constant_bytes = std::int64_t{256} << 20;
  // A sparse tensor may claim 2^31 elements in twenty bytes: its dense form is bounded on its own.
  std::int64_t sparse_bytes = std::int64_t{16} << 20;

  // Constant subgraphs are evaluated at import only where the result is small (shapes, axes, scales) …
  std::int64_t folded_bytes = 64 * 1024;
  // … and all of them together stay below this many elementary operations.
  std::int64_t folding_work = 50'000'000;

  std::size_t problems = 100;            // diagnostics reported for one model
  std::size_t unsupported_problems = 50; // of these, nodes whose operator is unknown
};

}  // namespace mote
