#include "lib/data/affine.hpp"

#include <algorithm>
#include <cmath>

#include "lib/data/row_source.hpp"

namespace mote {
namespace {

// nearbyint in the default rounding mode is half to even; written out, so that the mode does not matter.
double round_half_even(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  if (rest != 0.5) return rest < 0.5 ? below : below + 1;
  return std::fmod(below, 2) == 0 ? below : below + 1;
}

}  // namespace

Tensor quantized(const Tensor& reals, const TensorType& type) {
  MOTE_CHECK(type.quant && type.quant->scale.size() == 1 && !is_float(type.dtype));
  const double scale = static_cast<double>(type.quant->scale[0]);
  const std::int32_t zero_point = type.quant->zero_point.at(0);
  Tensor result = Tensor::zeros(type.dtype, type.shape);
  const std::vector<double> values = reals.to_reals();
  visit_dtype(type.dtype, [&]<class T>() {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double stored = round_half_even(values[i] / scale) + zero_point;
      const auto lowest = static_cast<double>(std::numeric_limits<T>::lowest());
      const auto highest = static_cast<double>(std::numeric_limits<T>::max());
      result.as<T>()[i] = stored >= highest  ? std::numeric_limits<T>::max()
                          : stored <= lowest ? std::numeric_limits<T>::lowest()
                                             : static_cast<T>(stored);
    }
  });
  return result;
}

Tensor dequantized(const Tensor& stored, const TensorType& type) {
  MOTE_CHECK(type.quant && type.quant->scale.size() == 1);
  const double scale = static_cast<double>(type.quant->scale[0]);
  const double zero_point = type.quant->zero_point.at(0);
  Tensor result = Tensor::zeros(DType::f32, stored.shape);
  const std::vector<double> values = stored.to_reals();
  for (std::size_t i = 0; i < values.size(); ++i) result.as<float>()[i] = static_cast<float>((values[i] - zero_point) * scale);
  return result;
}

Result<Tensor> as_input(const Tensor& sample, const TensorType& type) {
  Tensor input = sample;
  if (sample.dtype != type.dtype) {
    if (!type.quant || !is_float(sample.dtype) || type.quant->scale.size() != 1)
      return bad_data("", "samples are " + std::string(name_of(sample.dtype)) + ", the input is " + std::string(name_of(type.dtype)) +
                              " without scale and zero point");
    input = quantized(sample, type);
  }
  if (input.shape.elements() != type.shape.elements())
    return bad_data("", "samples are " + sample.shape.text() + ", the input is " + type.shape.text());
  input.shape = type.shape;
  return input;
}

Tensor as_reals(Tensor output, const TensorType& type) {
  if (!type.quant || type.quant->scale.size() != 1 || is_float(output.dtype)) return output;
  return dequantized(output, type);
}

}  // namespace mote
