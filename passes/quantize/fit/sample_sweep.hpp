#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "passes/quantize/options.hpp"

namespace mote {

// Some samples side by side through a graph behind `calibrate`, node by node: in real numbers, where FakeQuantize does
// nothing, and rounded. In between, the constants of nodes to come may change.
class SampleSweep {
 public:
  enum class Lane : std::uint8_t { exact, rounded };

  // Starts with the inputs. Errors: those of a sample.
  [[nodiscard]] static Result<SampleSweep> start(const Graph& graph, const CalibrationSamples& samples,
                                                 const std::vector<std::int64_t>& indices);

  [[nodiscard]] std::size_t count() const { return lanes_[0].size(); }
  [[nodiscard]] const Tensor& value(Lane lane, std::size_t sample, ValueId id) const {
    return lanes_[static_cast<std::size_t>(lane)][sample][*id];
  }
  // Computes the results of the next node, its second operand replaced if `weights` are given.
  void compute(const Graph& graph, std::size_t node, Lane lane, const std::optional<Tensor>& weights = {});
  // Drops what only nodes up to this one read.
  void release(const Graph& graph, std::size_t node);

 private:
  using Values = std::vector<Tensor>;  // by value id
  std::vector<Values> lanes_[2];       // by lane, by sample
  std::vector<std::size_t> last_read_{};
};

// What a sweep over two lanes may cost.
struct SweepBounds {
  std::int64_t samples = 0, macs = 900'000'000, bytes = 96 << 20;
};
// As many of the calibration set, spread over it. Empty: fewer than 8, too few to decide anything by.
[[nodiscard]] std::vector<std::int64_t> choose_samples(const Graph& graph, const CalibrationSamples& samples,
                                                       const SweepBounds& bounds);

}  // namespace mote
