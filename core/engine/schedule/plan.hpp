// The best moments to poll, for a survival function S and a price c, exactly and in one pass.
//
// Let V(x) be the expected cost still to come after a pending answer at age x (that answer's price, and the delay until
// the end is noticed plus the task's own remaining life, which no plan can change), and W = S·V. Polling next at y,
//     W(x) = S(x)·(c − x) + min over y > x of [ y·S(x) + W(y) ].
// For each y the bracket is a line of slope y in the variable S(x). Walking x from the last age down adds lines by
// falling slope and asks at rising S: the lower envelope is a queue that only loses lines at its ends, so the next poll
// after *every* age is found in O(points), whatever the shape of S.
#pragma once

#include <array>
#include <cstdint>

#include "engine/schedule/age_grid.hpp"
#include "engine/schedule/survival.hpp"

namespace apimall::engine::schedule {

/// For each point at which a pending answer may come, the point of the next poll.
class Plan {
 public:
  Plan(const Survival& survival, double price_s);

  /// The age of the next poll after a pending answer at a position of the axis. At the end of the axis: that end.
  double next_age(double pending_position) const;

  /// The point of the next poll after a pending answer at a point.
  int next_point(int point) const { return next_[static_cast<std::size_t>(point)]; }

 private:
  std::array<std::uint16_t, kPoints> next_{};
};

/// S at each point.
std::array<double, kPoints> survival_at_points(const Survival& survival);

}  // namespace apimall::engine::schedule
