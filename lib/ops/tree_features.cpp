// What trees compare, as integers. Columns are the features that decisions read: features u16 or s32 [C] says which.
//   OrderFeatures  x [N,F] f32 or f64 -> [N,C] s32 or s64, in the order of the real numbers (support/order_key.hpp)
//   RankFeatures   x [N,F] -> [N,C] u8 or u16: how many of the column's thresholds lie below. keys [total]: the
//                  thresholds of column c are keys[starts[c]] .. keys[starts[c + 1] - 1], ascending, as order keys
// Both are lossless for decisions x <= t. A NaN is above every threshold, or, where missing_is_low [C] u8 is not 0, below.
#include <algorithm>
#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/order_key.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

DType key_dtype(const OpView& op) { return op.in(0).dtype == DType::f32 ? DType::s32 : DType::s64; }

Status expect_list(const OpView& op, std::size_t input, std::string_view role, std::initializer_list<DType> dtypes) {
  MOTE_TRY_STATUS(expect_dtype(op, input, role, dtypes));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

// Operands shared by both: x first, features second, missing_is_low last.
Status check_columns(const OpView& op, std::size_t missing) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::f32, DType::f64}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_list(op, 1, "features", {DType::u16, DType::s32}));
  for (const std::int64_t feature : op.constant(1).to_integers())
    if (feature < 0 || feature >= op.in(0).shape[1])
      return at(op, Code::shape_mismatch, "reads feature " + std::to_string(feature) + " of " + std::to_string(op.in(0).shape[1]));
  if (!op.has_in(missing)) return Ok{};
  MOTE_TRY_STATUS(expect_list(op, missing, "missing_is_low", {DType::u8}));
  return expect_shape(op, missing, "missing_is_low", {op.in(1).shape[0]});
}

Result<Types> infer_order(const OpView& op) {
  MOTE_TRY_STATUS(check_columns(op, 2));
  MOTE_TRY(TensorType type, make_type(op, key_dtype(op), {op.in(0).shape[0], op.in(1).shape[0]}));
  return Types{std::move(type)};
}

// Starts that ascend from 0 to the number of keys, by at most 65535 a column.
Result<std::int64_t> longest_list(const OpView& op) {
  const std::vector<std::int64_t> starts = op.constant(2).to_integers();
  std::int64_t longest = 0;
  bool ascending = starts.size() == static_cast<std::size_t>(op.in(1).shape[0]) + 1 && starts.front() == 0 &&
                   starts.back() == op.in(3).shape[0];
  for (std::size_t c = 0; ascending && c + 1 < starts.size(); ++c) {
    ascending = starts[c] <= starts[c + 1];
    longest = std::max(longest, starts[c + 1] - starts[c]);
  }
  if (!ascending || longest > 65535)
    return at(op, Code::shape_mismatch, "'starts' does not divide the " + std::to_string(op.in(3).shape[0]) +
                                            " keys into lists of at most 65535, one per column");
  return longest;
}

Result<Types> infer_rank(const OpView& op) {
  MOTE_TRY_STATUS(check_columns(op, 4));
  MOTE_TRY_STATUS(expect_list(op, 2, "starts", {DType::u16, DType::s32}));
  MOTE_TRY_STATUS(expect_list(op, 3, "keys", {key_dtype(op)}));
  MOTE_TRY(const std::int64_t longest, longest_list(op));
  MOTE_TRY(TensorType type, make_type(op, longest <= 255 ? DType::u8 : DType::u16, {op.in(0).shape[0], op.in(1).shape[0]}));
  return Types{std::move(type)};
}

// visit(value of the column, column, position in the output).
template <class Visit>
void for_each_column(const OpView& op, Operands in, std::size_t missing, Visit visit) {
  const std::vector<double> x = in[0]->to_reals();
  const std::vector<std::int64_t> features = in[1]->to_integers();
  std::vector<std::int64_t> low(features.size(), 0);
  if (missing < in.size() && in[missing] != nullptr) low = in[missing]->to_integers();
  const auto rows = static_cast<std::size_t>(op.in(0).shape[0]), width = static_cast<std::size_t>(op.in(0).shape[1]);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t c = 0; c < features.size(); ++c)
      visit(x[row * width + static_cast<std::size_t>(features[c])], c, row * features.size() + c, low[c] != 0);
}

template <class K, class T>
void order(const OpView& op, Operands in, Tensor& out) {
  const auto y = out.as<K>();
  for_each_column(op, in, 2, [&](double value, std::size_t, std::size_t i, bool missing_is_low) {
    if (std::isnan(value))
      y[i] = missing_is_low ? std::numeric_limits<K>::lowest() : std::numeric_limits<K>::max();
    else
      y[i] = order_key(static_cast<T>(value));
  });
}

void eval_order(const OpView& op, Operands in, Outputs out) {
  if (out[0].dtype == DType::s32)
    order<std::int32_t, float>(op, in, out[0]);
  else
    order<std::int64_t, double>(op, in, out[0]);
}

// The thresholds as numbers again: an independent way to the ranks.
std::vector<double> thresholds_of(const Tensor& keys) {
  std::vector<double> thresholds;
  for (const std::int64_t key : keys.to_integers())
    thresholds.push_back(keys.dtype == DType::s32 ? static_cast<double>(value_of_key(static_cast<std::int32_t>(key)))
                                                  : value_of_key(key));
  return thresholds;
}

void eval_rank(const OpView& op, Operands in, Outputs out) {
  const std::vector<double> thresholds = thresholds_of(*in[3]);
  const std::vector<std::int64_t> starts = in[2]->to_integers();
  visit_dtype(out[0].dtype, [&]<class R>() {
    const auto y = out[0].as<R>();
    for_each_column(op, in, 4, [&](double value, std::size_t c, std::size_t i, bool missing_is_low) {
      const auto first = thresholds.begin() + starts[c], last = thresholds.begin() + starts[c + 1];
      std::int64_t rank = missing_is_low ? 0 : last - first;
      if (!std::isnan(value)) rank = std::count_if(first, last, [&](double threshold) { return threshold < value; });
      y[i] = static_cast<R>(rank);
    });
  });
}

ValueId operand(const OpView& op, std::size_t i) { return op.has_in(i) ? op.node.inputs[i] : ValueId{}; }

KernelCall call_of(const OpView& op, std::string kernel, std::size_t missing) {
  return {.header = "tree_features",
          .kernel = std::move(kernel),
          .fields = {{"rows", field(op.in(0).shape[0])},
                     {"features", field(op.in(0).shape[1])},
                     {"columns", field(op.in(1).shape[0])},
                     {"has_missing", op.has_in(missing)}}};
}

Result<KernelCall> lower_order(const OpView& op, const Target&) {
  KernelCall call = call_of(op, "order_features", 2);
  call.operands = {operand(op, 0), operand(op, 1), operand(op, 2), op.node.outputs[0]};
  return call;
}

Result<KernelCall> lower_rank(const OpView& op, const Target&) {
  KernelCall call = call_of(op, "rank_features", 4);
  call.operands = {operand(op, 0), operand(op, 1), operand(op, 2), operand(op, 3), operand(op, 4), op.node.outputs[0]};
  return call;
}

Sample::Input list_of(DType dtype, const std::vector<std::int64_t>& values) {
  return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
}

struct SampledColumns {
  Sample::Input x, features, missing;
};
SampledColumns sample_columns(Rng& rng, std::int64_t columns) {
  const std::int64_t width = rng.integer(1, 6);
  std::vector<std::int64_t> features, missing;
  for (std::int64_t c = 0; c < columns; ++c) {
    features.push_back(rng.integer(0, width - 1));
    missing.push_back(rng.integer(0, 1));
  }
  SampledColumns sampled{.x = {.type = {.dtype = rng.chance(2) ? DType::f32 : DType::f64, .shape = shape_of({rng.integer(1, 4), width})}},
                         .features = list_of(rng.chance(2) ? DType::u16 : DType::s32, features),
                         .missing = list_of(DType::u8, missing)};
  sampled.missing.present = rng.chance(2);
  return sampled;
}

Sample sample_order(Rng& rng) {
  SampledColumns sampled = sample_columns(rng, rng.integer(1, 5));
  return {.attrs = {}, .inputs = {std::move(sampled.x), std::move(sampled.features), std::move(sampled.missing)}};
}

Sample sample_rank(Rng& rng) {
  const std::int64_t columns = rng.integer(1, 5);
  SampledColumns sampled = sample_columns(rng, columns);
  std::vector<std::int64_t> starts{0}, keys;
  for (std::int64_t c = 0; c < columns; ++c) {
    float threshold = -3.0F;
    for (std::int64_t i = rng.integer(0, 7); i > 0; --i) {
      threshold += rng.real(0.1F, 1.0F);
      keys.push_back(sampled.x.type.dtype == DType::f32 ? order_key(threshold) : order_key(static_cast<double>(threshold)));
    }
    starts.push_back(static_cast<std::int64_t>(keys.size()));
  }
  const DType key_type = sampled.x.type.dtype == DType::f32 ? DType::s32 : DType::s64;
  return {.attrs = {},
          .inputs = {std::move(sampled.x), std::move(sampled.features), list_of(DType::u16, starts),
                     list_of(key_type, keys), std::move(sampled.missing)}};
}

constexpr OpDef family[] = {
    {.name = "OrderFeatures",
     .summary = "features of trees as integers in the order of the real numbers",
     .arity = {.min_in = 2, .max_in = 3},
     .infer = infer_order,
     .eval = eval_order,
     .lower = lower_order,
     .sample = sample_order},
    {.name = "RankFeatures",
     .summary = "features of trees as their ranks among the thresholds",
     .arity = {.min_in = 4, .max_in = 5},
     .infer = infer_rank,
     .eval = eval_rank,
     .lower = lower_rank,
     .sample = sample_rank},
};

}  // namespace

std::span<const OpDef> tree_features_ops();
std::span<const OpDef> tree_features_ops() { return family; }

}  // namespace mote::ops
