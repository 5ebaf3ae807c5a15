// The gateway's clock, learned from its answers, so that a task's age does not depend on how well the caller's clock is
// set.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "engine/clock.hpp"
#include "model/timestamp.hpp"

namespace apimall::engine {

/// Every sample is a time that the gateway's clock had already reached (a `Date` is cut to the second, an `updated_at`
/// lies in the past), so the greatest offset seen is the nearest to the truth. A sample far behind it says that the
/// clock was set back, and starts anew.
class ServerClock {
 public:
  void sample(Instant now, UnixMillis server) {
    const std::int64_t offset = server - millis(now);
    offset_ = offset_ && *offset_ - offset < reset_after_ms ? std::max(*offset_, offset) : offset;
  }

  /// The instant of a gateway timestamp; none before the first sample.
  std::optional<Instant> instant_of(UnixMillis server) const {
    if (!offset_) return std::nullopt;
    const std::int64_t local = std::clamp(server - *offset_, -bound_ms, bound_ms);
    return Instant(Duration(local * 1000));
  }

 private:
  static constexpr std::int64_t reset_after_ms = 10'000;
  static constexpr std::int64_t bound_ms = std::int64_t{1} << 52;
  static std::int64_t millis(Instant at) { return at.time_since_epoch().count() / 1000; }

  std::optional<std::int64_t> offset_;
};

}  // namespace apimall::engine
