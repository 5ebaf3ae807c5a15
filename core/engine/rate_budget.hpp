// The one budget of requests that a client shares, because the gateway limits by API key.
//
// Known limit: a token bucket. In every window of t seconds at most burst + rate·t requests are taken.
//
// Unknown limit: the rate is discovered by its use. While requests wait for tokens, each one accepted raises the rate
// so that it doubles per second, until the first 429; from then on by 5 % per second, and by 0.5 % near the rate at
// which the last 429 came, so that the limit is met rarely. A 429 multiplies the rate by 0.85, at most once a second,
// because the requests already under way tell nothing new; the first one also takes it down to what was being accepted,
// if more was asked for. A rate that nobody asks for does not grow: it would have been proven by nothing.
//
// Either way a 429 holds everything back until its Retry-After has passed, and after that requests go at the pace of
// the rate from an empty bucket: they do not all wake at once. Headers that tell how many requests are left until a
// window ends are believed: that many are sent, those under way included, and no faster than twice the even pace. An
// answer to an earlier request than the last one heard of is overtaken, and says nothing new.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/clock.hpp"

namespace apimall::engine {

class RateBudget {
 public:
  struct Settings {
    std::optional<double> per_second;  ///< none (or none that makes sense): to be discovered
    std::optional<double> burst;       ///< requests at once after a pause; at least and by default 1 for a known rate
  };

  explicit RateBudget(const Settings& settings);

  /// When a request may be sent: `now` or earlier means at once.
  Instant ready_at(Instant now);

  /// Takes one request. Call only when `ready_at(now) <= now`.
  void take(Instant now);

  /// A 429: holds back everything until `retry_after` has passed (never sooner), then recovers gently.
  void throttled(Instant now, std::optional<Duration> retry_after);

  /// What `RateLimit-*` / `X-RateLimit-*` headers of an answer say, each where given.
  struct Told {
    std::optional<double> per_second;
    std::optional<double> remaining;
    std::optional<Duration> reset_in;
    Instant sent_at{};          ///< when the request went that was answered
    std::size_t under_way = 0;  ///< requests that are not answered yet, so may not be counted yet
  };
  void observe(Instant now, const Told& told);

  /// An answer that was no 429.
  void accepted(Instant now);

  /// The requests per second allowed at present.
  double rate() const { return rate_; }

 private:
  /// What the gateway's headers said of its present window.
  struct Window {
    double remaining;
    Instant ends;
    double pace;      ///< no more requests per second than this until then
    Instant sent_at;  ///< of the request whose answer said so
  };

  void refill(Instant now);
  double pace() const;
  void count_accepted();
  bool in_demand() const;
  void raise();

  bool known_;
  double limit_;  ///< a known rate; or, once found, the rate at which the last 429 came
  double burst_;
  double rate_;
  double tokens_;
  bool doubling_;    ///< no 429 seen yet
  Instant clock_{};  ///< the latest time heard of; never negative
  Instant refilled_ = Instant::min();
  Instant hold_until_ = Instant::min();
  Instant cut_at_ = Instant::min();
  Instant short_at_ = Instant::min();  ///< when a request last waited for a token, or went after it had waited
  bool somebody_waits_ = false;        ///< a request was told to wait for a token, and has not gone yet
  std::optional<Window> window_;
  Instant counting_since_ = Instant::min();
  double counted_ = 0;
  double accepted_per_s_ = 0;
};

}  // namespace apimall::engine
