// Time as the engine sees it: numbers handed in, never a clock that is read.
#pragma once

#include <chrono>
#include <cstdint>

namespace apimall::engine {

/// The scale of the engine's monotonic time. It has no `now()`: whoever drives the engine says what time it is, which
/// is what lets hours of virtual time run in seconds.
struct MonotonicScale {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<MonotonicScale>;
  static constexpr bool is_steady = true;
};

using Duration = MonotonicScale::duration;
using Instant = MonotonicScale::time_point;

/// Later than every instant that can be reached; "no wake-up wanted".
inline constexpr Instant never = Instant::max();

/// Adds without overflow, so that "an unlimited time from now" is `never`.
constexpr Instant later(Instant from, Duration by) { return by >= never - from ? never : from + by; }

constexpr double seconds(Duration d) { return static_cast<double>(d.count()) * 1e-6; }
constexpr Duration from_seconds(double s) {
  return Duration{static_cast<std::int64_t>(s * 1e6 + (s < 0 ? -0.5 : 0.5))};
}

}  // namespace apimall::engine
