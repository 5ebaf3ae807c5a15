#include "engine/rate_budget.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace apimall::engine {
namespace {

constexpr Instant kEndOfTime{Duration::max() / 4};  // so that sums of times cannot overflow
constexpr Duration kSecond = std::chrono::seconds{1};
constexpr double kFirstRate = 10;  // per second, of an unknown limit
constexpr double kFirstBurst = 10;
constexpr double kLeastRate = 0.02;
constexpr double kMostRate = 1e6;
constexpr double kCut = 0.85;
constexpr double kDoubling = 0.693;  // growth per accepted request: e^0.693 = 2 in a second
constexpr double kRecovery = 0.05;
constexpr double kNearLimit = 0.005;
constexpr double kWhole = 1 - 1e-9;  // a token, but for rounding
constexpr Duration kLongestWindow = std::chrono::hours{1};

bool sensible(std::optional<double> value) { return value && *value > 0 && !std::isnan(*value); }

}  // namespace

RateBudget::RateBudget(const Settings& settings)
    : known_(sensible(settings.per_second)),
      limit_(known_ ? std::min(*settings.per_second, kMostRate) : kMostRate),
      burst_(sensible(settings.burst) ? std::clamp(*settings.burst, 1.0, kMostRate)
             : known_                 ? 1
                                      : kFirstBurst),
      rate_(known_ ? limit_ : kFirstRate),
      tokens_(burst_),
      doubling_(!known_) {}

double RateBudget::pace() const { return window_ ? std::min(rate_, window_->pace) : rate_; }

void RateBudget::refill(Instant now) {
  clock_ = std::max(clock_, std::min(now, kEndOfTime));
  if (window_ && clock_ >= window_->ends) window_.reset();
  const Instant from = std::max(refilled_, hold_until_);  // nothing gathers while held back
  if (refilled_ == Instant::min() || clock_ <= from) {
    refilled_ = std::max(refilled_, clock_);
    return;
  }
  tokens_ = std::min(burst_, tokens_ + engine::seconds(clock_ - from) * pace());
  refilled_ = clock_;
}

Instant RateBudget::ready_at(Instant now) {
  refill(now);
  Instant ready = std::max(clock_, hold_until_);
  if (tokens_ < kWhole) {
    short_at_ = clock_;
    somebody_waits_ = true;
    const double wait_s = std::min((1 - tokens_) / pace(), 1e9);
    ready = later(ready, Duration{static_cast<Duration::rep>(std::ceil(wait_s * 1e6))});
  }
  if (window_ && window_->remaining < kWhole) ready = std::max(ready, window_->ends);
  return ready > clock_ ? ready : now;
}

void RateBudget::take(Instant now) {
  refill(now);
  if (std::exchange(somebody_waits_, false)) short_at_ = clock_;
  tokens_ = std::max(tokens_ - 1, 0.0);
  if (window_) window_->remaining -= 1;
}

void RateBudget::throttled(Instant now, std::optional<Duration> retry_after) {
  refill(now);
  if (cut_at_ == Instant::min() || clock_ - cut_at_ >= kSecond) {
    cut_at_ = clock_;
    if (!known_) {
      count_accepted();
      if (doubling_ && accepted_per_s_ > 0 && in_demand()) rate_ = std::min(rate_, accepted_per_s_ / kCut);
      limit_ = rate_;
    }
    rate_ = std::max(rate_ * kCut, std::min(kLeastRate, limit_));
    doubling_ = false;
  }
  tokens_ = 0;
  if (!known_) burst_ = 1;
  if (retry_after && *retry_after > Duration::zero()) hold_until_ = std::max(hold_until_, later(clock_, *retry_after));
}

void RateBudget::observe(Instant now, const Told& told) {
  refill(now);
  // A limit of nothing says nothing that a caller could act on, nor does a window that never ends.
  if (told.per_second && !sensible(told.per_second)) return;
  if (!told.remaining || !(*told.remaining >= 0) || !told.reset_in || *told.reset_in <= Duration::zero()) return;
  if (*told.reset_in > kLongestWindow && *told.remaining > 0) return;
  if (window_ && told.sent_at < window_->sent_at) return;
  const double left = std::max(*told.remaining - static_cast<double>(told.under_way), 0.0);
  const double even = std::max(left, 1.0) / engine::seconds(*told.reset_in);
  window_ = Window{left, later(clock_, *told.reset_in), std::max(2 * even, kLeastRate), told.sent_at};
}

void RateBudget::accepted(Instant now) {
  refill(now);
  count_accepted();
  raise();
}

void RateBudget::count_accepted() {
  if (counting_since_ == Instant::min()) counting_since_ = clock_;
  if (const Duration passed = clock_ - counting_since_; passed >= kSecond) {
    accepted_per_s_ = counted_ / engine::seconds(passed);
    counted_ = 0;
    counting_since_ = clock_;
  }
  counted_ += 1;
}

bool RateBudget::in_demand() const {
  const Duration token_time = from_seconds(1 / rate_);
  return short_at_ != Instant::min() && clock_ - short_at_ <= std::max(kSecond, token_time);
}

void RateBudget::raise() {
  if (known_) {
    rate_ = std::min(limit_, rate_ + kRecovery);
    return;
  }
  if (!in_demand()) return;
  if (doubling_) {
    rate_ = std::min(rate_ + kDoubling, kMostRate);
  } else {
    const bool near = rate_ > 0.95 * limit_ && rate_ < 1.1 * limit_;
    rate_ = std::min(rate_ + (near ? kNearLimit : kRecovery), kMostRate);
  }
}

}  // namespace apimall::engine
