// How long to leave something alone that just failed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/clock.hpp"
#include "engine/hash.hpp"
#include "model/error.hpp"

namespace apimall::engine {

/// Doubles from half a second to half a minute, each time drawn from the upper half, so that many failures at once do
/// not come back at once.
class Backoff {
 public:
  static constexpr Duration first{500'000};
  static constexpr Duration longest{30'000'000};

  explicit Backoff(std::uint64_t seed) : state_(seed) {}

  /// `failures` in a row, from 1. Never sooner than the server asked.
  Duration after(std::uint32_t failures, const Error& error) {
    const std::uint32_t doublings = std::min(failures - 1, 6u);
    const Duration whole = std::min(first * (std::int64_t{1} << doublings), longest);
    const auto half = static_cast<std::uint64_t>(whole.count() / 2);
    const Duration drawn{static_cast<std::int64_t>(half + draw() % (half + 1))};
    return error.retry_after ? std::max<Duration>(drawn, *error.retry_after) : drawn;
  }

 private:
  std::uint64_t draw() { return mix(state_ += 0x9e3779b97f4a7c15u); }
  std::uint64_t state_;
};

/// For what was not asked because a `Retry-After` forbids it for longer than the caller would wait.
inline Error held_back_error(Duration left) {
  Error error;
  error.code = Code::rate_limited;
  error.http_status = 429;
  error.retryable = true;
  error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(left);
  error.message = "The gateway's rate limit holds back every request for another " +
                  std::to_string(error.retry_after->count()) +
                  " ms, which is longer than retry_timeout allows. This request was not sent; try again then.";
  return error;
}

}  // namespace apimall::engine
