#include "lib/ops/support/weight_stream.hpp"

#include <algorithm>

namespace mote::ops {
namespace {

constexpr std::int64_t most_counted = 65535;

bool is_quad(const StreamBlock& block) { return block.inputs == quad_inputs; }
// How far a step may lead.
std::int64_t longest_step(const StreamBlock& block) { return is_quad(block) ? 255 : 15; }

// Of the longest run there can be, what is counted: every element a weight, or as many steps as lead through it.
std::int64_t most_in_run(const KernelRows& rows, const StreamBlock& block) {
  const std::int64_t blocks = (rows.columns * rows.depth + block.inputs - 1) / block.inputs;
  const std::int64_t entries = blocks + rows.span() / longest_step(block) + 2;
  return is_quad(block) ? entries : entries / 2;
}

std::int64_t whole_words(std::int64_t bytes) { return (bytes + 3) & ~std::int64_t{3}; }

// One block of channels under one kernel row.
class Run {
 public:
  explicit Run(const StreamBlock& block) : block_(block) {}

  // The weights [channels][inputs] over the input elements from `offset` on, in ascending order.
  void add(std::int64_t offset, std::span<const std::int8_t> weights) {
    const std::vector<std::int8_t> nothing(weights.size(), 0);
    for (; offset - at_ > longest_step(block_); at_ += longest_step(block_)) append(longest_step(block_), nothing);
    append(offset - at_, weights);
    at_ = offset;
  }

  void write(std::int32_t count_bytes, std::vector<std::uint8_t>& to) && {
    if (!is_quad(block_) && steps_.size() % 2 == 1)
      append(0, std::vector<std::int8_t>(static_cast<std::size_t>(block_.channels), 0));
    const std::size_t count = is_quad(block_) ? steps_.size() : steps_.size() / 2;
    for (std::int32_t byte = 0; byte < count_bytes; ++byte)
      to.push_back(static_cast<std::uint8_t>(count >> (8 * byte)));
    is_quad(block_) ? write_quads(to) : write_pairs(to);
  }

 private:
  void append(std::int64_t step, std::span<const std::int8_t> weights) {
    steps_.push_back(static_cast<std::uint8_t>(step));
    for (const std::int8_t weight : weights) weights_.push_back(static_cast<std::uint8_t>(weight));
  }

  void write_pairs(std::vector<std::uint8_t>& to) const {
    const std::ptrdiff_t pair = 2 * block_.channels;
    for (std::size_t i = 0; i < steps_.size(); i += 2) {
      to.push_back(static_cast<std::uint8_t>(steps_[i] | steps_[i + 1] << 4));
      const auto first = weights_.begin() + static_cast<std::ptrdiff_t>(i / 2) * pair;
      to.insert(to.end(), first, first + pair);
    }
  }

  void write_quads(std::vector<std::uint8_t>& to) const {
    to.insert(to.end(), steps_.begin(), steps_.end());
    to.resize(static_cast<std::size_t>(whole_words(std::ssize(to))), 0);
    to.insert(to.end(), weights_.begin(), weights_.end());
  }

  StreamBlock block_;
  std::vector<std::uint8_t> steps_{}, weights_{};
  std::int64_t at_ = 0;
};

class Rows {
 public:
  Rows(const KernelRows& rows, std::span<const std::int8_t> w, const StreamBlock& block)
      : rows_(rows), w_(w), block_(block), length_(rows.columns * rows.depth) {}

  [[nodiscard]] Run run_of(std::int64_t row, std::int64_t channel) const {
    Run run(block_);
    for (std::int64_t begin = 0; begin < length_; begin += block_.inputs) {
      // A quad ends with its row; what lies before `begin` was in the one before.
      const std::int64_t first = std::min(begin, length_ - block_.inputs);
      const std::vector<std::int8_t> weights = block_at(row, channel, first, begin);
      if (std::ranges::any_of(weights, [](std::int8_t weight) { return weight != 0; }))
        run.add(first / rows_.depth * rows_.column_step + first % rows_.depth, weights);
    }
    return run;
  }

 private:
  // [channels][inputs] from element `first` of a kernel row on, those in front of `begin` 0.
  [[nodiscard]] std::vector<std::int8_t> block_at(std::int64_t row, std::int64_t channel, std::int64_t first,
                                                  std::int64_t begin) const {
    std::vector<std::int8_t> weights;
    for (std::int64_t c = channel; c < channel + block_.channels; ++c)
      for (std::int64_t i = first; i < first + block_.inputs; ++i)
        weights.push_back(i < begin ? std::int8_t{0}
                                    : w_[static_cast<std::size_t>((row * length_ + i) * rows_.channels + c)]);
    return weights;
  }

  const KernelRows& rows_;
  std::span<const std::int8_t> w_;
  StreamBlock block_;
  std::int64_t length_;
};

}  // namespace

std::string text_of(const StreamBlock& block) {
  return std::to_string(block.channels) + (block.inputs == 1 ? "" : "x" + std::to_string(block.inputs));
}

bool fits_stream(const KernelRows& rows, const StreamBlock& block) {
  const bool has_whole_blocks = block.channels >= 1 && rows.channels / rows.groups % block.channels == 0;
  const bool lie_side_by_side =
      rows.groups == 1 && rows.column_step == rows.depth && rows.columns * rows.depth >= block.inputs;
  return has_whole_blocks && (rows.depth % block.inputs == 0 || lie_side_by_side) &&
         most_in_run(rows, block) <= most_counted;
}

std::int32_t stream_count_bytes(const KernelRows& rows, const StreamBlock& block) {
  return most_in_run(rows, block) <= 255 ? 1 : 2;
}

Tensor weight_stream(const KernelRows& rows, const Tensor& w, const StreamBlock& block) {
  std::vector<std::uint8_t> bytes;
  const Rows weights(rows, w.as<std::int8_t>(), block);
  for (std::int64_t channel = 0; channel < rows.channels; channel += block.channels)
    for (std::int64_t row = 0; row < rows.rows; ++row)
      weights.run_of(row, channel).write(stream_count_bytes(rows, block), bytes);
  Tensor stream = Tensor::zeros(DType::u8, *Shape::make({std::ssize(bytes)}));
  std::ranges::copy(bytes, stream.as<std::uint8_t>().begin());
  return stream;
}

std::int64_t stored_weights(const KernelRows& rows, const StreamBlock& block, std::span<const std::uint8_t> stream) {
  const std::int32_t count_bytes = stream_count_bytes(rows, block);
  std::int64_t stored = 0;
  std::size_t at = 0;
  for (std::int64_t run = 0; run < rows.channels / block.channels * rows.rows; ++run) {
    const std::int64_t count = stream[at] + (count_bytes == 1 ? 0 : stream[at + 1] * std::int64_t{256});
    const std::int64_t weights = count * (is_quad(block) ? 1 : 2) * block.weights();
    at += static_cast<std::size_t>(is_quad(block) ? whole_words(count_bytes + count) + weights
                                                  : count_bytes + count + weights);
    stored += weights;
  }
  return stored;
}

}  // namespace mote::ops
