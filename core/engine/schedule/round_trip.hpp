// How long a poll takes, as measured, and how far apart that keeps two polls of one task.
#pragma once

#include <algorithm>
#include <chrono>

#include "engine/clock.hpp"

namespace apimall::engine::schedule {

class RoundTrip {
 public:
  /// A poll was answered this long after it was sent.
  void measured(Duration sample) {
    if (sample <= Duration::zero()) return;
    smoothed_ = smoothed_ == Duration::zero() ? sample : smoothed_ + (sample - smoothed_) / 8;
  }

  /// The least time from one poll of a task to its next.
  Duration least_distance() const { return std::max<Duration>(std::chrono::milliseconds{200}, smoothed_); }

 private:
  Duration smoothed_ = Duration::zero();
};

}  // namespace apimall::engine::schedule
