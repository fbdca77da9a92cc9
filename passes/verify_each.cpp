#include "passes/verify_each.hpp"

#include <algorithm>
#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

struct Difference {
  double worst = 0.0;  // infinite: not comparable at all
  std::size_t element = 0;
};

template <class T>
double difference(T a, T b, bool exact_bits) {
  const bool both_nan = a != a && b != b;
  if (both_nan) return 0.0;
  const auto signed_zero = [](T value) {
    if constexpr (std::is_floating_point_v<T>) return value == T{0} && std::signbit(value);
    else return false;
  };
  if (a == b) return exact_bits && signed_zero(a) != signed_zero(b) ? std::numeric_limits<double>::denorm_min() : 0.0;
  const double distance = std::abs(static_cast<double>(a) - static_cast<double>(b));
  return distance == distance ? distance : std::numeric_limits<double>::infinity();
}

Difference worst_difference(const Tensor& before, const Tensor& after, bool exact_bits) {
  Difference found;
  visit_dtype(before.dtype, [&]<class T>() {
    const auto a = before.as<T>();
    const auto b = after.as<T>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double distance = difference(a[i], b[i], exact_bits);
      if (distance > found.worst) found = {.worst = distance, .element = i};
    }
  });
  return found;
}

double largest_magnitude(const Tensor& tensor) {
  double largest = 0.0;
  for (const double value : tensor.to_reals())
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  return largest;
}

Diagnostic broken(std::string_view pass, const std::string& what, const std::string& output) {
  return {.code = Code::pass_broke_promise,
          .message = "pass '" + std::string(pass) + "' " + what,
          .where = {.file = {}, .node = {}, .op_type = {}, .value = output}};
}

// An output that is an input, a constant or an earlier output cannot keep its name once it is a value of its own.
bool owns_its_name(const Graph& graph, std::size_t output) {
  const ValueId id = graph.outputs[output];
  const auto end = graph.outputs.begin() + static_cast<std::ptrdiff_t>(output);
  return !graph.at(id).is_constant() && std::ranges::find(graph.inputs, id) == graph.inputs.end() &&
         std::find(graph.outputs.begin(), end, id) == end;
}

bool same_interface(const Graph& before, const Graph& after) {
  if (before.inputs.size() != after.inputs.size() || before.outputs.size() != after.outputs.size()) return false;
  for (std::size_t i = 0; i < before.inputs.size(); ++i) {
    const Value& a = before.at(before.inputs[i]);
    const Value& b = after.at(after.inputs[i]);
    if (a.name != b.name || a.type != b.type) return false;
  }
  for (std::size_t i = 0; i < before.outputs.size(); ++i) {
    const Value& a = before.at(before.outputs[i]);
    const Value& b = after.at(after.outputs[i]);
    if (a.type != b.type || (a.name != b.name && owns_its_name(before, i))) return false;
  }
  return true;
}

bool same_nodes(const Graph& a, const Graph& b) {
  const auto same_node = [](const Node& x, const Node& y) {
    return x.op == y.op && x.inputs == y.inputs && x.outputs == y.outputs && x.attrs == y.attrs;
  };
  const auto same_value = [](const Value& x, const Value& y) { return x.data == y.data && x.type == y.type; };
  return a.inputs == b.inputs && a.outputs == b.outputs && std::ranges::equal(a.values, b.values, same_value) &&
         std::ranges::equal(a.nodes, b.nodes, same_node);
}

}  // namespace

Status compare_graphs(std::string_view pass, Promise promise, const Graph& before, const Graph& after,
                      const VerifyEachOptions& options) {
  if (!same_interface(before, after)) return broken(pass, "changed the names or types of inputs or outputs", "");
  if (promise == Promise::quantizes) return Ok{};
  const bool exact = promise == Promise::bit_exact;
  const Precision precision = exact ? Precision::single : Precision::reference;
  for (int sample = 0; sample < options.samples; ++sample) {
    const auto inputs = random_inputs(before, options.seed + static_cast<std::uint64_t>(sample));
    MOTE_TRY(const std::vector<Tensor> expected, interpret(before, inputs, precision));
    MOTE_TRY(const std::vector<Tensor> found, interpret(after, inputs, precision));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string& name = before.at(before.outputs[i]).name;
      const Difference difference = worst_difference(expected[i], found[i], exact);
      const bool real = is_float(expected[i].dtype);
      const double allowed = exact || !real ? 0.0 : rounding_tolerance * largest_magnitude(expected[i]);
      if (difference.worst > allowed)
        return broken(pass, "moved output '" + name + "' by " + number_text(difference.worst) + " at element " +
                                std::to_string(difference.element) + ", allowed is " + number_text(allowed), name);
    }
  }
  return Ok{};
}

PassObserver verify_each(const VerifyEachOptions& options) {
  return [options](const Pass& pass, const Graph& before, const Graph& after) -> Status {
    if (same_interface(before, after) && same_nodes(before, after)) return Ok{};
    return compare_graphs(pass.name, pass.promise, before, after, options);
  };
}

}  // namespace mote
