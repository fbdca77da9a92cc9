#include "lib/target/target_reader.hpp"

#include <algorithm>
#include <bit>

#include "lib/target/toml_table.hpp"

namespace mote {

namespace {

constexpr std::int64_t largest_address = (std::int64_t{1} << 40) - 1;
constexpr std::int64_t largest_region = std::int64_t{1} << 40;
constexpr std::int64_t largest_clock_hz = 100'000'000'000;
constexpr std::size_t most_regions = 64;

// A region and the marks that choose it.
struct MarkedRegion {
  MemoryRegion region{};
  bool arena = false, weights = false;
  int line = 0;
};

Cpu read_cpu(TomlTable table) {
  Cpu cpu;
  cpu.fpu = static_cast<Fpu>(table.choice("fpu", {"none", "single", "double"}));
  cpu.dsp = table.boolean("dsp");
  cpu.mve = table.boolean("mve");
  cpu.alignment_bytes = table.integer("alignment_bytes", 1, 128);
  if (!std::has_single_bit(static_cast<std::uint64_t>(cpu.alignment_bytes))) {
    table.report("alignment_bytes", "is " + std::to_string(cpu.alignment_bytes) + ", must be a power of two");
  }
  table.finish();
  return cpu;
}

MarkedRegion read_region(TomlTable table) {
  MarkedRegion result;
  MemoryRegion& region = result.region;
  result.line = table.line();
  region.name = table.text("name");
  region.kind = static_cast<MemoryKind>(table.choice("kind", {"ram", "flash"}));
  region.origin = table.integer("origin", 0, largest_address);
  region.bytes = table.integer("bytes", 1, largest_region);
  if (table.has("reserved_bytes")) region.reserved_bytes = table.integer("reserved_bytes", 0, region.bytes);
  if (table.has("section")) region.section = table.text("section");
  result.arena = table.has("arena") && table.boolean("arena");
  result.weights = table.has("weights") && table.boolean("weights");
  if (result.arena && region.kind != MemoryKind::ram) table.report("arena", "marks a flash region, must mark RAM");
  if (result.weights && region.kind != MemoryKind::flash)
    table.report("weights", "marks RAM, must mark a flash region");
  table.finish();
  return result;
}

bool overlap(const MemoryRegion& a, const MemoryRegion& b) {
  return a.origin < b.origin + b.bytes && b.origin < a.origin + a.bytes;
}

void check_pairs(const std::vector<MarkedRegion>& regions, TomlProblems& problems) {
  for (std::size_t i = 0; i < regions.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const MemoryRegion &later = regions[i].region, &earlier = regions[j].region;
      if (later.name == earlier.name)
        problems.add(regions[i].line, "two memory regions are named '" + later.name + "'");
      if (overlap(later, earlier)) {
        problems.add(regions[i].line, "memory region '" + later.name + "' overlaps '" + earlier.name + "'");
      }
    }
  }
}

// The region that carries the mark; without one, the sole region of the kind.
std::size_t choose(const std::vector<MarkedRegion>& regions, MemoryKind kind, bool MarkedRegion::*mark,
                   const std::string& key, TomlProblems& problems) {
  std::vector<std::size_t> of_kind, marked;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (regions[i].region.kind == kind) of_kind.push_back(i);
    if (regions[i].*mark) marked.push_back(i);
  }
  const std::string noun = kind == MemoryKind::ram ? "RAM" : "flash";
  if (marked.size() > 1) {
    problems.add(regions[marked[1]].line,
                 std::to_string(marked.size()) + " memory regions say '" + key + " = true', one must");
  } else if (of_kind.empty()) {
    problems.add(1, "no [[memory]] region is of kind " + noun + ", at least one must be");
  } else if (marked.empty() && of_kind.size() > 1) {
    problems.add(regions[of_kind[0]].line, "none of the " + std::to_string(of_kind.size()) + " " + noun +
                                               " regions says '" + key + " = true', one must");
  }
  if (!marked.empty()) return marked[0];
  return of_kind.empty() ? 0 : of_kind[0];
}

void read_memory(TomlTable& root, Target& target, TomlProblems& problems) {
  std::vector<MarkedRegion> regions;
  for (const TomlTable& table : root.tables("memory", most_regions)) regions.push_back(read_region(table));
  if (!problems.empty()) return;  // choices and overlaps of half-read regions would only add noise
  check_pairs(regions, problems);
  target.arena_region = choose(regions, MemoryKind::ram, &MarkedRegion::arena, "arena", problems);
  target.weights_region = choose(regions, MemoryKind::flash, &MarkedRegion::weights, "weights", problems);
  for (MarkedRegion& marked : regions) target.memory.push_back(std::move(marked.region));
}

Compiler read_compiler(TomlTable table) {
  Compiler compiler{.prefix = table.text("prefix"), .flags = table.texts("flags")};
  table.finish();
  return compiler;
}

std::string read_emulator(TomlTable table) {
  std::string board = table.text("board");
  table.finish();
  return board;
}

}  // namespace

Result<Target> parse_target(std::string_view text, std::string_view origin) {
  TomlProblems problems{std::string(origin)};
  const TomlDocument document = TomlDocument::parse(text, problems);
  if (!problems.empty()) return problems.take();
  TomlTable root = document.root(problems);
  Target target;
  target.name = root.text("name");
  if (root.has("aliases")) target.aliases = root.texts("aliases");
  target.description = root.text("description");
  target.core = root.text("core");
  target.isa = known_isas()[root.choice("isa", known_isas())];
  target.clock_hz = root.integer("clock_hz", 1, largest_clock_hz);
  target.cpu = read_cpu(root.table("cpu"));
  target.compiler = read_compiler(root.table("compiler"));
  if (root.has("emulator")) target.emulator_board = read_emulator(root.table("emulator"));
  read_memory(root, target, problems);
  root.finish();
  if (!problems.empty()) return problems.take();
  return target;
}

}  // namespace mote
