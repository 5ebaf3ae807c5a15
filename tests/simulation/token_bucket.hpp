// In every window of t seconds, at most burst + rate·t requests.
#pragma once

#include <algorithm>

#include "engine/clock.hpp"

namespace apimall::simulation {

class TokenBucket {
 public:
  TokenBucket(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

  /// Requests that could be made at once; below zero, too many were.
  double level(engine::Instant now) {
    if (now > at_) {
      if (at_ != engine::Instant::min()) tokens_ = std::min(burst_, tokens_ + per_second_ * engine::seconds(now - at_));
      at_ = now;
    }
    return tokens_;
  }
  void take() { tokens_ -= 1; }
  void set_rate(double per_second) { per_second_ = per_second; }
  double per_second() const { return per_second_; }
  double burst() const { return burst_; }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  engine::Instant at_ = engine::Instant::min();
};

}  // namespace apimall::simulation
