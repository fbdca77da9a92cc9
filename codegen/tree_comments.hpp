#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/ops/support/tree_code.hpp"
#include "lib/plan/plan.hpp"

namespace mote {

// Says in the model's terms what a decision of packed trees compares: "X[7] <= 0.5".
class TreeComments {
 public:
  // `reader`: the node that holds the trees.
  TreeComments(const Plan& plan, const Node& reader);

  [[nodiscard]] std::string text(const ops::TreeDecision& decision) const;  // empty if nothing is known

 private:
  std::string name_{};
  std::vector<std::int64_t> features_{}, starts_{}, keys_{};
  bool double_ = false;
};

}  // namespace mote
