// ConstantOfShape (ONNX 9..21) and Range (11): tensors that follow from constants alone. Import evaluates them unless
// the result is large; then a loop on the target is smaller than the numbers.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// `value` is one element, whose type is that of the result; 0 as f32 if absent.
constexpr AttrSpec constant_attrs[] = {
    {.name = "shape", .kind = AttrKind::integers, .required = true, .lowest = 0, .operand = 0},
    {.name = "value", .kind = AttrKind::literal}};

// y[i] = start + i * delta as long as it lies before limit. Literals, because they bring the element type along.
constexpr AttrSpec range_attrs[] = {{.name = "start", .kind = AttrKind::literal, .required = true, .operand = 0},
                                    {.name = "limit", .kind = AttrKind::literal, .required = true, .operand = 1},
                                    {.name = "delta", .kind = AttrKind::literal, .required = true, .operand = 2}};

const Literal& literal_of(const OpView& op, std::string_view attr) {
  return std::get<Literal>(op.node.attrs.find(attr)->second);
}

Status expect_one_element(const OpView& op, std::string_view attr) {
  const Shape& shape = literal_of(op, attr).type.shape;
  if (shape.elements() == 1) return Ok{};
  return at(op, Code::attribute_range, std::string(attr) + " is " + shape.text() + ", expected one element");
}

template <class T>
T number(const OpView& op, std::string_view attr) {
  return elements_of<T>(*literal_of(op, attr).data)[0];
}

// ---- ConstantOfShape

Result<Types> infer_constant(const OpView& op) {
  if (op.has("value")) MOTE_TRY_STATUS(expect_one_element(op, "value"));
  MOTE_TRY(TensorType type, make_type(op, op.has("value") ? literal_of(op, "value").type.dtype : DType::f32,
                                      op.integers("shape")));
  return Types{std::move(type)};
}

Tensor value_of(const OpView& op) {
  if (!op.has("value")) return Tensor::zeros(DType::f32, {});
  return {.dtype = literal_of(op, "value").type.dtype, .shape = {}, .bytes = *literal_of(op, "value").data};
}

void eval_constant(const OpView& op, Operands, Outputs out) {
  const Tensor value = convert(value_of(op), out[0].dtype);
  visit_dtype(out[0].dtype, [&]<class T>() { std::ranges::fill(out[0].as<T>(), value.as<T>()[0]); });
}

Result<KernelCall> lower_constant(const OpView& op, const Target&) {
  const Tensor value = value_of(op);
  std::array<std::int32_t, 2> bits{};
  std::memcpy(bits.data(), value.bytes.data(), value.bytes.size());
  return KernelCall{.header = "fill",
                    .kernel = "fill",
                    .types = {type_name(value.dtype)},
                    .fields = {{"count", field(op.out(0).shape.elements())},
                               {"low_bits", bits[0]},
                               {"high_bits", bits[1]}},
                    .operands = {op.node.outputs[0]}};
}

// ---- Range

// How many steps fit before the limit; nothing if more than any tensor may have.
std::optional<std::int64_t> steps(double start, double limit, double delta) {
  const double count = std::max(0.0, std::ceil((limit - start) / delta));
  return count <= static_cast<double>(Shape::max_elements) ? std::optional(static_cast<std::int64_t>(count))
                                                           : std::nullopt;
}

// Unsigned, because the distance of two signed numbers may not fit a signed one.
std::optional<std::int64_t> steps(std::int64_t start, std::int64_t limit, std::int64_t delta) {
  const bool up = delta > 0;
  if (up ? limit <= start : limit >= start) return 0;
  const auto magnitude = [](std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  };
  const std::uint64_t distance = up ? magnitude(start, limit) : magnitude(limit, start);
  const std::uint64_t count = (distance - 1) / (up ? magnitude(0, delta) : magnitude(delta, 0)) + 1;
  if (count > static_cast<std::uint64_t>(Shape::max_elements)) return std::nullopt;
  return static_cast<std::int64_t>(count);
}

template <class T>
std::optional<std::int64_t> step_count(const OpView& op) {
  using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
  const auto wide = [&](std::string_view attr) { return static_cast<Wide>(number<T>(op, attr)); };
  return steps(wide("start"), wide("limit"), wide("delta"));
}

Result<Types> infer_range(const OpView& op) {
  const DType dtype = literal_of(op, "start").type.dtype;
  for (const std::string_view attr : {"start", "limit", "delta"}) {
    MOTE_TRY_STATUS(expect_one_element(op, attr));
    if (literal_of(op, attr).type.dtype != dtype)
      return at(op, Code::unsupported_type, std::string(attr) + " differs from start in element type");
  }
  if (dtype == DType::boolean || dtype == DType::u64)
    return at(op, Code::unsupported_type, "cannot count in " + std::string(name_of(dtype)));
  return visit_dtype(dtype, [&]<class T>() -> Result<Types> {
    if (number<T>(op, "delta") == T{0}) return at(op, Code::attribute_range, "delta is 0, must be positive or negative");
    const auto count = step_count<T>(op);
    if (!count) return at(op, Code::limit_exceeded, "the range has 2^31 or more elements");
    MOTE_TRY(TensorType type, make_type(op, dtype, {*count}));
    return Types{std::move(type)};
  });
}

template <class T>
T counted(T start, T delta, std::int64_t i) {
  if constexpr (std::is_floating_point_v<T>)
    return start + static_cast<T>(i) * delta;
  else
    return static_cast<T>(static_cast<std::uint64_t>(start) +
                          static_cast<std::uint64_t>(delta) * static_cast<std::uint64_t>(i));
}

// The literals keep their own type when f32 is computed in double precision.
void eval_range(const OpView& op, Operands, Outputs out) {
  visit_dtype(literal_of(op, "start").type.dtype, [&]<class From>() {
    visit_dtype(out[0].dtype, [&]<class T>() {
      const T start = static_cast<T>(number<From>(op, "start"));
      const T delta = static_cast<T>(number<From>(op, "delta"));
      std::int64_t i = 0;
      for (T& element : out[0].as<T>()) element = counted(start, delta, i++);
    });
  });
}

std::optional<KernelField> range_field(const OpView& op, std::string_view attr) {
  const DType dtype = literal_of(op, attr).type.dtype;
  if (dtype == DType::f32) return number<float>(op, attr);
  const std::int64_t value =
      visit_dtype(dtype, [&]<class T>() { return static_cast<std::int64_t>(number<T>(op, attr)); });
  const auto narrow = static_cast<std::int32_t>(value);
  return narrow == value ? std::optional<KernelField>(narrow) : std::nullopt;
}

Result<KernelCall> lower_range(const OpView& op, const Target&) {
  const DType dtype = op.out(0).dtype;
  if (dtype == DType::f64)
    return at(op, Code::unsupported_type, "Range of f64 has no kernel, expected f32 or integers",
              {"insert a Cast to float before this node"});
  const auto start = range_field(op, "start");
  const auto delta = range_field(op, "delta");
  if (!start || !delta) return at(op, Code::unsupported_form, "start or delta does not fit 32 bits");
  return KernelCall{.header = "fill",
                    .kernel = "count_up",
                    .types = {type_name(dtype)},
                    .fields = {{"count", field(op.out(0).shape.elements())}, {"start", *start}, {"delta", *delta}},
                    .operands = {op.node.outputs[0]}};
}

// ---- samples

template <class T>
Literal literal(DType dtype, T value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return {.type = {.dtype = dtype, .shape = {}}, .data = std::make_shared<const Bytes>(std::move(bytes))};
}

Sample sample_constant(Rng& rng) {
  Sample sample{.attrs = {{"shape", extents_of(random_shape(rng, 0, 4, 5))}}, .inputs = {}};
  if (rng.chance(2)) sample.attrs["value"] = literal(DType::f32, rng.real(-4.0F, 4.0F));
  else if (rng.chance(2)) sample.attrs["value"] = literal(DType::s64, rng.integer(-(std::int64_t{1} << 40), 4));
  return sample;
}

Sample sample_range(Rng& rng) {
  const auto attrs = [](Literal start, Literal limit, Literal delta) {
    return Attrs{{"start", std::move(start)}, {"limit", std::move(limit)}, {"delta", std::move(delta)}};
  };
  if (rng.chance(2))
    return {.attrs = attrs(literal(DType::f32, rng.real(-4.0F, 4.0F)), literal(DType::f32, rng.real(-4.0F, 4.0F)),
                           literal(DType::f32, rng.chance(2) ? 0.375F : -0.3F)),
            .inputs = {}};
  return {.attrs = attrs(literal(DType::s64, rng.integer(-9, 9)), literal(DType::s64, rng.integer(-9, 9)),
                         literal(DType::s64, rng.chance(2) ? std::int64_t{2} : std::int64_t{-3})),
          .inputs = {}};
}

constexpr OpDef family[] = {
    {.name = "ConstantOfShape",
     .summary = "one value in a given shape",
     .onnx = {.name = "ConstantOfShape", .domain = "", .since = 9, .until = 21},
     .arity = {.min_in = 0, .max_in = 0},
     .attrs = constant_attrs,
     .infer = infer_constant,
     .eval = eval_constant,
     .lower = lower_constant,
     .sample = sample_constant},
    {.name = "Range",
     .summary = "start, start + delta, … before limit",
     .onnx = {.name = "Range", .domain = "", .since = 11, .until = 11},
     .arity = {.min_in = 0, .max_in = 0},
     .attrs = range_attrs,
     .infer = infer_range,
     .eval = eval_range,
     .lower = lower_range,
     .sample = sample_range},
};

}  // namespace

std::span<const OpDef> generate_ops();
std::span<const OpDef> generate_ops() { return family; }

}  // namespace mote::ops
