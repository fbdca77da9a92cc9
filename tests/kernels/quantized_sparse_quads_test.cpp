// The kernels that read only quads of weights that are not 0 against those that read all weights.
#include "quantized_sparse_quads.hpp"

#include "tests/kernels/sparse_streams.hpp"

using mote::test::Window;

namespace {

// Quads reach over columns here, so that some lie half in the padding; the last overlaps the one before.
struct InBlocks : Window {
  static constexpr int32_t tile_c = 4, tile_w = 2, weight_block = 4;
};
struct PaddedByZero : Window {
  static constexpr int32_t pad_value = 0, tile_c = 2, weight_block = 2;
};
// Here each lies under one column.
struct WholeColumns : Window {
  static constexpr int32_t in_c = 8, tile_c = 2, weight_block = 2;
};
struct Pointwise : Window {
  static constexpr int32_t in_c = 12, out_c = 16, kernel_h = 1, kernel_w = 1, pad_top = 0, pad_left = 0, tile_c = 2;
  static constexpr int32_t weight_step = 16, weight_block = 2, count_bytes = 2;
};
struct Grouped : Window {
  static constexpr int32_t in_c = 12, out_c = 12, groups = 3, tile_c = 2, weight_step = 12, weight_block = 2;
};
// One step does not lead from column to column.
struct Dilated : Window {
  static constexpr int32_t in_w = 9, in_c = 300, out_w = 7, dilation_w = 2, dilation_h = 2, out_h = 4, count_bytes = 2;
};
struct WideGroups : Window {
  static constexpr int32_t in_c = 640, groups = 2;
};
struct Strided : Window {
  static constexpr int32_t out_h = 3, out_w = 4, stride_h = 2, stride_w = 2, tile_w = 2;
};
struct Rows : Pointwise {
  static constexpr int32_t batch = 1, in_h = 1, in_w = 4, in_c = 301, out_h = 1, out_w = 4, out_c = 13;
  static constexpr int32_t rows = 4, depth = 301, columns = 13, tile_c = 1, weight_step = 13, weight_block = 1;
};

struct Quads {
  template <class G>
  static std::vector<uint8_t> stream_of(const std::vector<int8_t>& weights) {
    constexpr int32_t depth = G::in_c / G::groups, length = G::kernel_w * depth;
    std::vector<uint8_t> stream;
    for (int32_t block = 0; block < G::out_c; block += G::tile_c)
      for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
        std::vector<int32_t> steps;
        std::vector<int8_t> quads;
        int32_t at = 0;
        for (int32_t first = 0; first < length; first += 4) {
          const int32_t begin = std::min(first, length - 4);
          std::vector<int8_t> quad;
          for (int32_t lane = 0; lane < G::tile_c; ++lane)
            for (int32_t k = begin; k < begin + 4; ++k)
              quad.push_back(k < first ? int8_t{0}
                                       : weights[static_cast<size_t>((kh * length + k) * G::out_c + block + lane)]);
          if (quad == std::vector<int8_t>(quad.size(), 0)) continue;
          const int32_t offset = begin / depth * G::dilation_w * G::in_c + begin % depth;
          for (; offset - at > 255; at += 255) {
            steps.push_back(255);
            quads.insert(quads.end(), quad.size(), int8_t{0});
          }
          steps.push_back(offset - at);
          quads.insert(quads.end(), quad.begin(), quad.end());
          at = offset;
        }
        for (int32_t byte = 0; byte < G::count_bytes; ++byte)
          stream.push_back(static_cast<uint8_t>(steps.size() >> (8 * byte)));
        for (const int32_t step : steps) stream.push_back(static_cast<uint8_t>(step));
        while (stream.size() % 4 != 0) stream.push_back(0);
        for (const int8_t weight : quads) stream.push_back(static_cast<uint8_t>(weight));
      }
    return stream;
  }
};

}  // namespace

TEST_CASE("quantized_conv2d_sparse_quads gives what quantized_conv2d gives for the same weights"){
    MOTE_CHECK_STREAMS(Quads, Window, int8_t, quantized_conv2d, _sparse_quads)
        MOTE_CHECK_STREAMS(Quads, InBlocks, int8_t, quantized_conv2d, _sparse_quads)
            MOTE_CHECK_STREAMS(Quads, PaddedByZero, int8_t, quantized_conv2d, _sparse_quads)
                MOTE_CHECK_STREAMS(Quads, WholeColumns, int8_t, quantized_conv2d, _sparse_quads)
                    MOTE_CHECK_STREAMS(Quads, Pointwise, int8_t, quantized_conv2d, _sparse_quads)
                        MOTE_CHECK_STREAMS(Quads, Grouped, int8_t, quantized_conv2d, _sparse_quads)
                            MOTE_CHECK_STREAMS(Quads, Dilated, int8_t, quantized_conv2d, _sparse_quads)
                                MOTE_CHECK_STREAMS(Quads, WideGroups, int8_t, quantized_conv2d, _sparse_quads)
                                    MOTE_CHECK_STREAMS(Quads, Strided, int8_t, quantized_conv2d, _sparse_quads)}

TEST_CASE("quantized_conv2d_sparse_quads reads nothing around its input, wherever steps end"){
    MOTE_CHECK_READS(Quads, Window, quantized_conv2d_sparse_quads)
        MOTE_CHECK_READS(Quads, InBlocks, quantized_conv2d_sparse_quads)
            MOTE_CHECK_READS(Quads, WholeColumns, quantized_conv2d_sparse_quads)
                MOTE_CHECK_READS(Quads, Pointwise, quantized_conv2d_sparse_quads)
                    MOTE_CHECK_READS(Quads, Grouped, quantized_conv2d_sparse_quads)
                        MOTE_CHECK_READS(Quads, Dilated, quantized_conv2d_sparse_quads)
                            MOTE_CHECK_READS(Quads, WideGroups, quantized_conv2d_sparse_quads)
                                MOTE_CHECK_READS(Quads, Strided, quantized_conv2d_sparse_quads)}

TEST_CASE("quantized_dense_sparse_quads gives what quantized_dense gives for the same weights") {
  MOTE_CHECK_STREAMS(Quads, Rows, int8_t, quantized_dense, _sparse_quads)
}
