// Which ONNX operators have an integer form, by the width of their activations: the lists in README.md, against what
// the pipeline makes of networks of one operator. MOTE_UPDATE=1 rewrites them.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "passes/quantize/float_islands.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr const char* readme = "README.md";
constexpr std::string_view first_line = "<!-- integer forms, written by test_passes -->";
constexpr std::string_view last_line = "<!-- end of integer forms -->";

bool is_real(const TensorType& type) { return type.dtype == DType::f32 && type.shape.elements() > 0; }

// Of standard ONNX, from real numbers to real numbers, and nothing that stands for stored integers itself.
bool is_listed(const OpDef& op) {
  constexpr std::string_view quantizing[] = {"DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear"};
  return !op.onnx.name.empty() && op.onnx.domain.empty() && op.sample != nullptr &&
         std::ranges::find(quantizing, op.onnx.name) == std::end(quantizing);
}

Sample with_constant_parameters(Sample sample) {
  Rng rng(5);
  for (std::size_t i = 1; i < sample.inputs.size(); ++i) {
    if (sample.inputs[i].constant || sample.inputs[i].type.dtype != DType::f32) continue;
    Tensor values = Tensor::zeros(DType::f32, sample.inputs[i].type.shape);
    for (float& value : values.as<float>()) value = rng.real(0.1F, 2.0F);
    sample.inputs[i].constant = std::move(values);
  }
  return sample;
}

// Whether the network of one node, quantized, runs in integers alone; nothing where it cannot be asked.
std::optional<bool> becomes_integer(const OpDef& op, const Sample& sample, bool wide) {
  const auto graph = single_node(op, sample);
  if (!graph || graph->inputs.empty()) return std::nullopt;
  for (const ValueId id : graph->inputs)
    if (!is_real(graph->at(id).type)) return std::nullopt;
  if (!is_real(graph->at(graph->outputs[0]).type)) return std::nullopt;
  const std::vector<std::string> all{"*"};
  const QuantizeOptions options{.samples = random_samples(*graph, 2),
                                .range = RangeMethod::minmax,
                                .wide = wide ? all : std::vector<std::string>{},
                                .narrow = wide ? std::vector<std::string>{} : all,
                                .equalize = false,
                                .weight_rounding = WeightRounding::nearest,
                                .correct_bias = false};
  const Target target{};
  const auto integer = run_passes(standard_pipeline(), *graph, {.target = target, .quantize = &options});
  if (!integer) return std::nullopt;  // nothing quantized was found, or no kernel for this form
  return static_cast<bool>(require_integers(*integer));
}

struct Forms {
  std::set<std::string> both{}, narrow{}, real{};
};

// By what random samples become: a third must, as a ReduceProd over one element is integer by chance, and some
// attributes and operands leave every operator real, a Resize where it is cubic, a PRelu whose slopes are computed.
void classify(const OpDef& op, Forms& forms) {
  Rng rng(17);
  int asked = 0, narrow = 0, wide = 0;
  for (int round = 0; round < 24; ++round) {
    const Sample drawn = op.sample(rng);
    const Sample constant = with_constant_parameters(drawn);
    const auto becomes = [&](bool is_wide) {
      const auto first = becomes_integer(op, drawn, is_wide), second = becomes_integer(op, constant, is_wide);
      return first || second ? std::optional(first.value_or(false) || second.value_or(false)) : std::nullopt;
    };
    const auto in_8 = becomes(false), in_16 = becomes(true);
    asked += in_8 || in_16 ? 1 : 0;
    narrow += in_8.value_or(false) ? 1 : 0;
    wide += in_16.value_or(false) ? 1 : 0;
  }
  if (asked == 0) return;
  const bool is_narrow = 3 * narrow >= asked, is_wide = 3 * wide >= asked;
  (is_narrow && is_wide ? forms.both : is_narrow ? forms.narrow : forms.real).insert(std::string(op.onnx.name));
}

// As an item of a list, in lines as long as those around it.
std::string item(const std::string& lead, const std::set<std::string>& names) {
  constexpr std::size_t longest = 118;
  std::string text = "- " + lead, line = text;
  std::size_t left = names.size();
  for (const std::string& name : names) {
    const std::string word = " " + name + (--left == 0 ? "." : ",");
    const bool wraps = line.size() + word.size() > longest;
    text += (wraps ? "\n " : "") + word;
    line = (wraps ? " " : line) + word;
  }
  return text + "\n";
}

std::string paragraph() {
  Forms forms;
  for (const OpDef* op : all_ops())
    if (is_listed(*op)) classify(*op, forms);
  return std::string(first_line) + "\n" + item("Integer with activations of 8 and of 16 bits:", forms.both) +
         item("Integer with 8 bits, real with 16:", forms.narrow) + item("Real between two conversions:", forms.real) +
         std::string(last_line);
}

std::string contents_of(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("README lists which operators have an integer form", "[integer-forms]") {
  const std::string text = contents_of(readme);
  const std::size_t first = text.find(first_line), last = text.find(last_line);
  REQUIRE(first != std::string::npos);
  REQUIRE(last != std::string::npos);
  const std::string stated = text.substr(first, last + last_line.size() - first), found = paragraph();
  if (std::getenv("MOTE_UPDATE") != nullptr)
    std::ofstream(readme) << std::string(text).replace(first, stated.size(), found);
  INFO("run test_passes with MOTE_UPDATE=1 to rewrite " << readme);
  CHECK(stated == found);
}
