#pragma once
#include <optional>
#include <span>
#include <vector>

#include "passes/quantize/calibrate/activation_groups.hpp"
#include "passes/quantize/calibrate/output_error.hpp"

namespace mote {

// A float network with a FakeQuantize behind every marked value, run from any node on with any grids in place of those
// that stand there. Weights stay real: their rounding is chosen later and adds the same to every choice of grids.
class MarkedRun {
 public:
  using Grids = std::vector<std::optional<Grid>>;  // by group; nothing: left real

  MarkedRun(Graph marked, const Marking& marking, std::span<const ActivationGroup> groups);

  [[nodiscard]] const std::vector<ComparedOutput>& compared() const { return compared_; }
  [[nodiscard]] std::size_t groups() const { return first_mark_.size(); }
  [[nodiscard]] std::size_t first_mark(std::size_t group) const { return first_mark_[group]; }  // its first node
  [[nodiscard]] Grids no_grids() const { return Grids(groups()); }

  // A run in front of `node`: every value that is still to be read.
  struct Position {
    std::vector<Tensor> values{};  // by value id; constants are left empty
    std::size_t node = 0;
  };
  [[nodiscard]] Position start(std::span<const Tensor> inputs) const;
  void advance(Position& position, std::size_t node, const Grids& grids) const;
  [[nodiscard]] OutputError::Outputs finish(Position position, const Grids& grids) const;

  // What running from a node to the end costs, in multiply-accumulates or what takes as long.
  [[nodiscard]] double work_from(std::size_t node) const { return work_from_[node]; }
  [[nodiscard]] double work() const { return work_from_[0]; }
  // The most that a position holds.
  [[nodiscard]] std::int64_t position_bytes() const { return position_bytes_; }

  // The network with these grids for good; each group has one.
  [[nodiscard]] Graph with_grids(const Grids& grids) const;

 private:
  [[nodiscard]] std::vector<Tensor> evaluate(std::size_t node, const Position& position, const Grids& grids) const;
  void find_last_uses();
  void sum_work();

  Graph graph_;
  std::vector<std::optional<std::size_t>> group_of_{};  // by node; a mark's group
  std::vector<std::size_t> first_mark_{};
  std::vector<ComparedOutput> compared_{};
  std::vector<Tensor> constants_{};       // by value id
  std::vector<std::size_t> last_use_{};  // by value id: the node after which nobody reads it
  std::vector<double> work_from_{};
  std::int64_t position_bytes_ = 0;
};

}  // namespace mote
