// The kernels that read only weights that are not 0 against those that read all of them.
#include "quantized_sparse.hpp"

#include "tests/kernels/sparse_streams.hpp"

using mote::test::Window;

namespace {

struct InBlocks : Window {
  static constexpr int32_t tile_c = 4, tile_w = 2, weight_block = 4;
};
struct PaddedByZero : Window {
  static constexpr int32_t pad_value = 0;
};
struct Pointwise : Window {
  static constexpr int32_t out_c = 16, kernel_h = 1, kernel_w = 1, pad_top = 0, pad_left = 0, tile_c = 2;
  static constexpr int32_t weight_step = 16, weight_block = 2, count_bytes = 2;
};
struct Grouped : Window {
  static constexpr int32_t in_c = 6, out_c = 12, groups = 3, tile_c = 2, weight_step = 12, weight_block = 2;
};
// Steps from a group's channels under one column to those under the next end between them.
struct WideGroups : Window {
  static constexpr int32_t in_c = 64, groups = 2;
};
// Steps from column to column lead over more input than they can.
struct Dilated : Window {
  static constexpr int32_t in_w = 9, in_c = 21, out_w = 7, dilation_w = 2, dilation_h = 2, out_h = 4;
};
struct Strided : Window {
  static constexpr int32_t out_h = 3, out_w = 4, stride_h = 2, stride_w = 2, tile_w = 2;
};
struct Rows : Pointwise {
  static constexpr int32_t batch = 1, in_h = 1, in_w = 4, in_c = 300, out_h = 1, out_w = 4, out_c = 13;
  static constexpr int32_t rows = 4, depth = 300, columns = 13, tile_c = 1, weight_step = 13, weight_block = 1;
};

struct Pairs {
  template <class G>
  static std::vector<uint8_t> stream_of(const std::vector<int8_t>& weights) {
    constexpr int32_t depth = G::in_c / G::groups;
    std::vector<uint8_t> stream;
    for (int32_t block = 0; block < G::out_c; block += G::tile_c)
      for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
        std::vector<std::pair<int32_t, std::vector<int8_t>>> run;  // step, weights
        int32_t at = 0;
        for (int32_t kw = 0; kw < G::kernel_w; ++kw)
          for (int32_t ic = 0; ic < depth; ++ic) {
            const auto first = weights.begin() + ((kh * G::kernel_w + kw) * depth + ic) * G::out_c + block;
            const std::vector<int8_t> own(first, first + G::tile_c);
            if (own == std::vector<int8_t>(own.size(), 0)) continue;
            const int32_t offset = kw * G::dilation_w * G::in_c + ic;
            for (; offset - at > 15; at += 15) run.emplace_back(15, std::vector<int8_t>(own.size(), 0));
            run.emplace_back(offset - at, own);
            at = offset;
          }
        if (run.size() % 2 == 1) run.emplace_back(0, std::vector<int8_t>(G::tile_c, 0));
        for (int32_t byte = 0; byte < G::count_bytes; ++byte)
          stream.push_back(static_cast<uint8_t>(run.size() / 2 >> (8 * byte)));
        for (size_t i = 0; i < run.size(); i += 2) {
          stream.push_back(static_cast<uint8_t>(run[i].first | run[i + 1].first << 4));
          for (const auto& entry : {run[i], run[i + 1]})
            for (const int8_t weight : entry.second) stream.push_back(static_cast<uint8_t>(weight));
        }
      }
    return stream;
  }
};

}  // namespace

TEST_CASE("quantized_conv2d_sparse gives what quantized_conv2d gives for the same weights"){
    MOTE_CHECK_STREAMS(Pairs, Window, int8_t, quantized_conv2d, _sparse)
        MOTE_CHECK_STREAMS(Pairs, InBlocks, int16_t, quantized_conv2d, _sparse)
            MOTE_CHECK_STREAMS(Pairs, PaddedByZero, int8_t, quantized_conv2d, _sparse)
                MOTE_CHECK_STREAMS(Pairs, Pointwise, int8_t, quantized_conv2d, _sparse)
                    MOTE_CHECK_STREAMS(Pairs, Grouped, int8_t, quantized_conv2d, _sparse)
                        MOTE_CHECK_STREAMS(Pairs, WideGroups, int8_t, quantized_conv2d, _sparse)
                            MOTE_CHECK_STREAMS(Pairs, Dilated, int8_t, quantized_conv2d, _sparse)
                                MOTE_CHECK_STREAMS(Pairs, Strided, int16_t, quantized_conv2d, _sparse)}

TEST_CASE("quantized_conv2d_sparse reads nothing around its input, wherever steps end"){
    MOTE_CHECK_READS(Pairs, Window, quantized_conv2d_sparse) MOTE_CHECK_READS(Pairs, InBlocks, quantized_conv2d_sparse)
        MOTE_CHECK_READS(Pairs, Grouped, quantized_conv2d_sparse)
            MOTE_CHECK_READS(Pairs, WideGroups, quantized_conv2d_sparse)
                MOTE_CHECK_READS(Pairs, Dilated, quantized_conv2d_sparse)
                    MOTE_CHECK_READS(Pairs, Strided, quantized_conv2d_sparse)}

TEST_CASE("quantized_dense_sparse gives what quantized_dense gives for the same weights") {
  MOTE_CHECK_STREAMS(Pairs, Rows, int8_t, quantized_dense, _sparse)
  MOTE_CHECK_STREAMS(Pairs, Rows, int16_t, quantized_dense, _sparse)
}
