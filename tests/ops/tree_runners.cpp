#include "tests/ops/kernel_runner.hpp"
#include "tests/ops/runtime_geometry.hpp"
#include "tree_features.hpp"

namespace mote::test {
namespace {

using namespace mote_kernels;
using Geometry = RuntimeGeometry<1>;

// f<X, Key>() with the types of the features and of their order keys, and the list of features.
template <class F>
void with_columns(const Call& c, F f) {
  const auto typed = [&](auto which) {
    if (c.value(0).type.dtype == DType::f32)
      f.template operator()<float, std::int32_t>(which);
    else
      f.template operator()<double, std::int64_t>(which);
  };
  if (c.value(1).type.dtype == DType::u16)
    typed(c.input<std::uint16_t>(1));
  else
    typed(c.input<std::int32_t>(1));
}

void run_order(const Call& c) {
  with_columns(c, [&]<class X, class Key>(auto which) {
    order_features(Geometry{}, c.input<X>(0), which, c.input<std::uint8_t>(2), c.output<Key>(3));
  });
}

void run_rank(const Call& c) {
  with_columns(c, [&]<class X, class Key>(auto which) {
    rank_features(Geometry{}, c.input<X>(0), which, c.input<std::uint16_t>(2), c.input<Key>(3), c.input<std::uint8_t>(4),
                  c.output<std::uint8_t>(5));
  });
}

}  // namespace

const std::map<std::string, Runner>& tree_runners() {
  static const std::map<std::string, Runner> all = {{"order_features", run_order}, {"rank_features", run_rank}};
  return all;
}

}  // namespace mote::test
