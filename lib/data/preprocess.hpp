#pragma once
#include <map>
#include <string>

#include "lib/ir/tensor.hpp"

namespace mote {

// How stored samples become an input of the model: first the layout, then
//   value = (stored - mean) * scale      in double, rounded once
// with one mean and scale for all or one per channel. `given`: the user has said how; only then do integers become
// floats, because raw bytes fed to a network that expects [-1, 1] are a common and silent mistake.
struct Preprocess {
  std::vector<double> scale{}, mean{};
  std::string layout{};  // "nhwc->nchw": stored axes -> the model's, n the sample; "nchw" alone only names them
  bool given = false;
};

// By input name; inputs without an entry are taken as stored.
using PreprocessMap = std::map<std::string, Preprocess>;

// The tables [input.<name>] of a mote.toml with the keys scale, mean and layout. A file without them gives none.
[[nodiscard]] Result<PreprocessMap> read_preprocess(const std::string& path, const std::vector<std::string>& inputs);
// The same from the command line: "scale=0.0039", "image.mean=123.7,116.3,103.5", "image.layout=nhwc->nchw".
[[nodiscard]] Status add_preprocess(PreprocessMap& map, const std::string& assignment,
                                    const std::vector<std::string>& inputs);

// The shape of a stored sample after the layout; Code::bad_data if the layout does not fit the sample.
[[nodiscard]] Result<Shape> layout_applied(const Shape& stored, const Preprocess& how);
// Whether samples of this stored type can become the input at all; the message is the reason, without file and row.
[[nodiscard]] Status check_preprocess(DType dtype, const Shape& stored, bool is_text, const TensorType& input,
                                      const Preprocess& how);
// One sample as the model's input. Precondition: check_preprocess. Code::bad_data for NaN, infinity, and numbers that
// the input's element type cannot hold; without file and row, which the caller knows.
[[nodiscard]] Result<Tensor> preprocessed(const Tensor& stored, bool is_text, const TensorType& input,
                                          const Preprocess& how);

}  // namespace mote
