// Networks of odd shapes whose weights the passes store without zeros, in quads, in pairs of four bits or as they are,
// for every kind of core: emitted code gives the interpreter's bits, which reads all weights.
#include <catch2/catch.hpp>

#include "lib/target/target_catalog.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;

namespace {

constexpr int networks = 12;

// The text of a network, layer by layer; what it has so far ends in [1, height, width, channels].
struct Draft {
  std::string constants{}, nodes{}, last = "%x";
  std::int64_t height = 0, width = 0, channels = 0;
  int layers = 0;

  [[nodiscard]] std::string image() const {
    return "[1x" + std::to_string(height) + "x" + std::to_string(width) + "x" + std::to_string(channels) + "]";
  }
};

std::string twice(std::int64_t value) { return "[" + std::to_string(value) + "," + std::to_string(value) + "]"; }

void append_layer(Draft& draft, const std::string& op, const std::string& weights, const std::string& attributes,
                  const std::string& output) {
  const std::string number = std::to_string(++draft.layers), channels = std::to_string(draft.channels);
  draft.constants += "constant @w" + number + " : s8[" + weights + "] = random " + number + "\nconstant @b" + number +
                     " : s32[" + channels + "] = random 1\nconstant @m" + number + " : s32[" + channels +
                     "] = random 1\n";
  draft.nodes += "%y" + number + " = " + op + "(" + draft.last + ", @w" + number + ", @b" + number + ", @m" + number +
                 ") {" + attributes + "} : s8" + output + "\n";
  draft.last = "%y" + number;
}

// Sometimes a row of samples in time; padded by one less than the kernel reaches over, so that every extent stays.
void append_convolution(Draft& draft, Rng& rng) {
  const std::int64_t kernel_w = rng.integer(1, 4), kernel_h = draft.height == 1 ? 1 : rng.integer(1, 3);
  const std::int64_t dilation = rng.chance(4) ? 2 : 1, stride = rng.chance(3) ? 2 : 1;
  const std::int64_t groups = draft.channels % 2 == 0 && rng.chance(3) ? 2 : 1, depth = draft.channels / groups;
  const std::int64_t reach_h = (kernel_h - 1) * dilation, reach_w = (kernel_w - 1) * dilation;
  draft.channels = groups * rng.integer(2, 12);
  draft.height = (draft.height - 1) / stride + 1;
  draft.width = (draft.width - 1) / stride + 1;
  const auto text = [](std::int64_t value) { return std::to_string(value); };
  append_layer(draft, "QuantizedConv2d",
               text(kernel_h) + "x" + text(kernel_w) + "x" + text(depth) + "x" + text(draft.channels),
               "pads=[" + text(reach_h / 2) + "," + text(reach_w / 2) + "," + text(reach_h - reach_h / 2) + "," +
                   text(reach_w - reach_w / 2) + "], strides=" + twice(stride) + ", dilations=" + twice(dilation) +
                   ", group=" + text(groups) + ", pad_value=" + text(rng.integer(-3, 3)),
               draft.image());
}

void append_dense(Draft& draft, Rng& rng) {
  const std::string depth = std::to_string(draft.height * draft.width * draft.channels);
  draft.nodes += "%f = Reshape(" + draft.last + ") {shape=[1," + depth + "]} : s8[1x" + depth + "]\n";
  draft.last = "%f";
  draft.channels = rng.integer(1, 9);
  const std::string channels = std::to_string(draft.channels);
  append_layer(draft, "QuantizedDense", depth + "x" + channels, "", "[1x" + channels + "]");
}

// A share of the weights 0, single ones or such as lie under one input; of these layers every third has levels of four
// bits.
void thin(Tensor& weights, Rng& rng) {
  const auto levels = weights.as<std::int8_t>();
  const std::size_t together = rng.chance(2) ? 1 : static_cast<std::size_t>(weights.shape.extents().back());
  const float share = rng.chance(4) ? 0.0F : rng.real(0.2F, 0.9F);
  const bool narrow = rng.chance(3);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (narrow) levels[i] = static_cast<std::int8_t>(levels[i] % 8);
    if (levels[i] == 0) levels[i] = 1;
  }
  for (std::size_t i = 0; i < levels.size(); i += together)
    if (rng.real(0.0F, 1.0F) < share)
      std::fill_n(levels.begin() + static_cast<std::ptrdiff_t>(i), together, std::int8_t{0});
}

void fill(Value& value, Rng& rng) {
  Tensor tensor{.dtype = value.type.dtype, .shape = value.type.shape, .bytes = *value.data};
  if (value.name[0] == 'w') thin(tensor, rng);
  if (value.name[0] == 'b')
    for (std::int32_t& bias : tensor.as<std::int32_t>()) bias = static_cast<std::int32_t>(rng.integer(-5000, 5000));
  if (value.name[0] == 'm')
    for (std::int32_t& factor : tensor.as<std::int32_t>())
      factor = static_cast<std::int32_t>(rng.integer(1 << 18, 1 << 22));
  value.data = std::make_shared<const Bytes>(tensor.bytes);
}

Graph network(Rng& rng) {
  Draft draft{
      .height = rng.chance(3) ? 1 : rng.integer(2, 7), .width = rng.integer(3, 9), .channels = rng.integer(1, 9)};
  const std::string input = (rng.chance(4) ? "s16" : "s8") + draft.image();
  for (std::int64_t layers = rng.integer(2, 4); layers > 0; --layers) append_convolution(draft, rng);
  append_dense(draft, rng);
  Graph graph = test::graph_of("graph \"\"\ninput %x : " + input + "\n" + draft.constants + draft.nodes + "output " +
                               draft.last + "\n");
  for (Value& value : graph.values)
    if (value.is_constant()) fill(value, rng);
  return graph;
}

// A convolution or dense layer with its weights in that form, from either end.
bool reads(const FileTree& drop, const std::string& form) {
  return std::ranges::any_of(drop, [&](const auto& file) {
    const auto calls = [&](const std::string& kernel) { return file.second.find(kernel) != std::string::npos; };
    return file.first.ends_with("_network.cpp") && (calls(form + "<") || calls(form + "_backward<"));
  });
}

}  // namespace

TEST_CASE("networks of odd shapes without their zeros give the interpreter's bits, for every kind of core") {
  const std::vector<std::vector<std::string>> builds{
      {"-O2"}, {"-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}};
  Rng rng(83);
  std::vector<FileTree> drops;
  for (int i = 0; i < networks; ++i) {
    const char* const parts[] = {"stm32l4r5zi", "stm32f091rc", "nrf5340", "esp32c3", "stm32l4r5zi", "atmega2560"};
    const Optimize optimize = rng.chance(3) ? Optimize::size : rng.chance(3) ? Optimize::automatic : Optimize::speed;
    const Graph graph = network(rng);
    auto drop =
        test::drop_of(graph, *find_target(parts[i % 6]), {random_inputs(graph, 1), random_inputs(graph, 2)}, optimize);
    INFO((drop ? std::string() : render(drop.error())));
    REQUIRE(drop);
    drops.push_back(*std::move(drop));
  }
  for (const char* const form : {"_sparse", "_sparse_quads", "_s4"}) {
    INFO(form);
    CHECK(std::ranges::any_of(drops, [&](const FileTree& drop) { return reads(drop, form); }));
  }
  std::vector<std::function<std::string()>> jobs;
  for (std::size_t i = 0; i < drops.size(); ++i)
    jobs.push_back([&drop = drops[i], &flags = builds[i % builds.size()]] {
      return test::build_and_run(drop, {.compiler = "c++", .flags = flags});
    });
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
