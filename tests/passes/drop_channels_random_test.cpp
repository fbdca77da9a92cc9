// Random networks into which channels that cannot matter were planted: drop-channels finds at least these, and no
// result changes (run_pass compares both graphs on random inputs).
#include <set>

#include "lib/support/rng.hpp"
#include "passes/prune/compare_structures.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Conv2d -> [DepthwiseConv2d | MaxPool2d | Add of a branch | nothing] -> Conv2d …, closed by a Dense on flat pixels.
class Network {
 public:
  explicit Network(std::uint64_t seed) : rng_(seed) {}

  std::string text(bool plant) {
    plant_ = plant;
    std::string value = "x";
    const std::int64_t layers = rng_.integer(1, 4);
    for (std::int64_t i = 0; i < layers; ++i) value = middle(convolution(value));
    const std::int64_t flat = size_ * size_ * channels_;
    line("f", "Reshape(%" + value + ") {shape=[1," + std::to_string(flat) + "]}", {1, flat});
    constant("last", {flat, 3}, [&](std::int64_t i) { return weight_of_input(i / 3 % channels_); });
    line("y", "Dense(%f, @last, " + bias("last_bias", 3, {}) + ")", {1, 3});
    return "graph \"\"\ninput %x : f32[1x4x4x3]\n" + constants_ + nodes_ + "output %y\n";
  }
  [[nodiscard]] std::int64_t planted() const { return planted_; }

 private:
  // Gives the channels that it plants to whoever comes next: as a row of zeros here, or as weights without effect there.
  std::string convolution(const std::string& from) {
    const std::int64_t inputs = channels_, outputs = rng_.integer(2, 8), kernel = rng_.chance(2) ? 1 : 3;
    const std::string name = next_name();
    std::set<std::int64_t> zero_rows;
    for (std::int64_t c = 1; plant_ && c < outputs; ++c)
      if (rng_.chance(4)) zero_rows.insert(c);
    constant(name + "_w", {kernel, kernel, inputs, outputs}, [&](std::int64_t i) {
      return zero_rows.contains(i % outputs) ? 0.0F : weight_of_input(i / outputs % inputs);
    });
    channels_ = outputs;
    const std::string pads = kernel == 1 ? "[0,0,0,0]" : "[1,1,1,1]";
    line(name, "Conv2d(%" + from + ", @" + name + "_w, " + bias(name + "_b", outputs, zero_rows) + ") {group=1, low=0.0, pads=" + pads + "}", image());
    planted_ += static_cast<std::int64_t>(zero_rows.size());
    unused_.clear();
    for (std::int64_t c = 1; plant_ && c < outputs; ++c)
      if (!zero_rows.contains(c) && rng_.chance(4)) unused_.insert(c);
    planted_ += static_cast<std::int64_t>(unused_.size());
    return name;
  }

  std::string middle(const std::string& from) {
    const std::string name = next_name();
    switch (rng_.integer(0, 3)) {
      case 0: {
        constant(name + "_d", {3, 3, channels_}, [&](std::int64_t) { return rng_.real(-1.0F, 1.0F); });
        line(name, "DepthwiseConv2d(%" + from + ", @" + name + "_d) {pads=[1,1,1,1]}", image());
        return name;
      }
      case 1:
        if (size_ == 1) return from;
        size_ /= 2;
        line(name, "MaxPool2d(%" + from + ") {kernel=[2,2], strides=[2,2]}", image());
        return name;
      case 2: line(name, "Add(%" + from + ", %" + from + ")", image()); return name;
      default: return from;
    }
  }

  float weight_of_input(std::int64_t channel) {
    const float weight = rng_.real(-1.0F, 1.0F);
    if (!unused_.contains(channel)) return weight;
    return weight * (channel % 2 == 0 ? 1e-30F : 0.0F);
  }

  // Never near 0, so that terms of 1e-30 are lost in it; nothing positive in rows of zeros, behind their Relu.
  std::string bias(const std::string& name, std::int64_t count, const std::set<std::int64_t>& zero_rows) {
    constant(name, {count}, [&](std::int64_t i) { return (zero_rows.contains(i) ? -1.0F : 1.0F) * rng_.real(0.1F, 1.0F); });
    return "@" + name;
  }

  template <class Element>
  void constant(const std::string& name, const std::vector<std::int64_t>& extents, Element element) {
    std::string values;
    const std::int64_t count = Shape::make(extents)->elements();
    for (std::int64_t i = 0; i < count; ++i) values += (i == 0 ? "" : ", ") + number(element(i));
    constants_ += "constant @" + name + " : f32[" + Shape::make(extents)->text() + "] = [" + values + "]\n";
  }
  static std::string number(float value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    return text;
  }
  void line(const std::string& name, const std::string& node, const std::vector<std::int64_t>& extents) {
    nodes_ += "%" + name + " = " + node + " : f32[" + Shape::make(extents)->text() + "]\n";
  }
  [[nodiscard]] std::vector<std::int64_t> image() const { return {1, size_, size_, channels_}; }
  std::string next_name() { return "v" + std::to_string(++names_); }

  Rng rng_;
  bool plant_ = false;
  std::string constants_{}, nodes_{};
  std::int64_t size_ = 4, channels_ = 3, planted_ = 0;
  int names_ = 0;
  std::set<std::int64_t> unused_{};
};

}  // namespace

TEST_CASE("planted channels are found in random networks, and nothing changes") {
  std::int64_t planted = 0, removed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Network network(seed);
    const Graph before = graph_of(network.text(true));
    const Graph after = run_pass("drop-channels", before);
    INFO("seed " << seed);
    CHECK(compare_structures(before, after).channels_removed >= network.planted());
    planted += network.planted();
    removed += compare_structures(before, after).channels_removed;
    const Graph again = run_pass("drop-channels", after);
    CHECK(!compare_structures(after, again).changed());
  }
  CHECK(planted > 300);
  CHECK(removed > planted);  // depthwise convolutions on the way lose theirs as well
}

TEST_CASE("nothing is found where nothing was planted") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Graph before = graph_of(Network(seed).text(false));
    INFO("seed " << seed);
    CHECK(!compare_structures(before, run_pass("drop-channels", before)).changed());
  }
}

TEST_CASE("multiples of channels are merged in random networks, and results stay within their rounding") {
  std::int64_t planted = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Rng rng(seed);
    // Two layers of which the first has, behind `own` channels, multiples of some of them: positive ones, as it is
    // clamped.
    const std::int64_t own = rng.integer(2, 6), copies = rng.integer(1, 4), outputs = own + copies;
    std::vector<double> weights(static_cast<std::size_t>(18 * outputs)), bias(static_cast<std::size_t>(outputs));
    const auto draw = [&](std::vector<double>& values) {
      for (double& value : values) value = static_cast<double>(rng.real(-1.0F, 1.0F));
    };
    draw(weights);
    draw(bias);
    for (std::int64_t copy = own; copy < outputs; ++copy) {
      const auto of = static_cast<std::size_t>(rng.integer(0, own - 1)), to = static_cast<std::size_t>(copy);
      const double factor = static_cast<double>(rng.real(0.1F, 9.0F));
      for (std::size_t i = 0; i < weights.size(); i += bias.size()) weights[i + to] = factor * weights[i + of];
      bias[to] = factor * bias[of];
    }
    const auto list = [](const std::vector<double>& values) {
      std::string text;
      char number[32];
      for (const double value : values) {
        std::snprintf(number, sizeof number, "%.9g", static_cast<double>(static_cast<float>(value)));
        text += (text.empty() ? "" : ", ") + std::string(number);
      }
      return "[" + text + "]";
    };
    const std::string channels = std::to_string(outputs);
    const Graph before =
        graph_of("graph \"\"\ninput %x : f32[1x5x5x2]\nconstant @w : f32[3x3x2x" + channels + "] = " + list(weights) +
                 "\nconstant @b : f32[" + channels + "] = " + list(bias) + "\nconstant @v : f32[3x3x" + channels +
                 "x3] = random 5\n%h = Conv2d(%x, @w, @b) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x5x5x" + channels +
                 "]\n%y = Conv2d(%h, @v) {group=1, pads=[1,1,1,1]} : f32[1x5x5x3]\noutput %y\n");
    INFO("seed " << seed);
    CHECK(compare_structures(before, run_pass("drop-channels", before)).channels_removed == copies);
    planted += copies;
  }
  CHECK(planted > 150);
}
