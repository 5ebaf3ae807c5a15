// How much of the time requests were to spare, which is when no task may starve. Only what is seen from outside the
// engine counts: a limit that it has to find may have it wait for a while after a 429 or a burst of requests.
#pragma once

#include <algorithm>

#include "engine/clock.hpp"

namespace apimall::simulation {

class SpareTime {
 public:
  using Duration = engine::Duration;
  using Instant = engine::Instant;

  explicit SpareTime(Instant start) : covered_to_(start), start_(start) {}

  /// From `now` until `until`, requests may have been short.
  void short_of_requests(Instant now, Instant until) {
    if (until <= covered_to_) return;
    short_ += until - std::max(now, covered_to_);
    covered_to_ = until;
  }

  /// All spare time from the start until `now`.
  Duration until(Instant now) const {
    const Duration ahead = std::max(covered_to_ - now, Duration::zero());
    return (now - start_) - (short_ - std::min(ahead, short_));
  }

 private:
  Instant covered_to_;
  Instant start_;
  Duration short_{};
};

}  // namespace apimall::simulation
