#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace mote {

// Integer least squares in a box: the whole numbers q within `lowest` and `highest` that make
//   (c - q)^T M (c - q)
// small for real numbers c, the centre, and a positive definite matrix M. What rounding weights means when their errors
// may make up for each other: M holds the second moments of the inputs that they multiply. Finding the least is hard in
// general; in order of time and quality there are
//   successive   one after the other, each corrected for the errors of those before it, the one with the largest moment
//                first (Babai's nearest plane; the same as GPTQ's order, Frantar et al. 2022)
//   descend      each in turn to its best place while the others stay, until nothing moves
//   search       depth first through all that can be better (Schnorr and Euchner 1994); the least of all if it ends
//                before its steps are used up, which it does for a dozen numbers
class ClosestLevels {
 public:
  // `moments`: symmetric and positive definite, row-major, of `count` rows.
  ClosestLevels(std::span<const double> moments, std::size_t count, std::int32_t lowest, std::int32_t highest);

  using Levels = std::vector<std::int32_t>;
  [[nodiscard]] double distance(std::span<const double> centre, const Levels& levels) const;
  [[nodiscard]] Levels successive(std::span<const double> centre) const;
  void descend(std::span<const double> centre, Levels& levels, int sweeps) const;
  void search(std::span<const double> centre, Levels& levels, std::int64_t most_steps) const;

 private:
  [[nodiscard]] std::int32_t nearest(double value) const;
  [[nodiscard]] std::vector<double> in_order(std::span<const double> values) const;

  std::size_t count_;
  std::int32_t lowest_, highest_;
  std::vector<double> moments_;         // in the given order
  std::vector<std::size_t> order_{};    // by rising moment: position -> index
  std::vector<double> factor_{};        // R, upper triangular, row-major, by position: M = R^T R
};

}  // namespace mote
