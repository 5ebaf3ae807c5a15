#include "engine/schedule/learner.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace apimall::engine::schedule {
namespace {

constexpr double kNews = 0.1;
constexpr double kHighestSurprise = 6;  // Λ beyond this is the tail, where belief is guesswork
constexpr double kSurpriseFades = 0.85;
constexpr double kSurpriseLimit = 9;  // three standard deviations, squared
constexpr std::uint32_t kSurpriseAfter = 5;
constexpr double kNewRegimeWeight = 20;
constexpr double kTolerance = 1.5;  // bins; plus one second, as timestamps are often whole seconds
constexpr double kTooManyContradictions = 0.3;

double believed_hazard(const Survival& believed, double from, double to) {
  const double low = std::min(believed.hazard_up_to(from), kHighestSurprise);
  const double high = std::min(believed.hazard_up_to(to), kHighestSurprise);
  return std::max(high - low, 0.0);
}

double within_axis(double position) {
  return position > 0 ? std::min(position, static_cast<double>(kBins)) : 0;  // 0 for NaN
}

bool contradicts(double at, double after, double up_to) {
  if (at > after - kTolerance && at < up_to + kTolerance) return false;
  const double age_s = age_at(at);
  return age_s < age_at(after) - 1 || age_s > age_at(up_to) + 1;
}

}  // namespace

void Learner::pending(const Survival& believed, double from, double to) {
  from = within_axis(from);
  to = within_axis(to);
  if (!(to > from)) return;
  evidence_.expose(from, to);
  const double expected = believed_hazard(believed, from, to);
  surprise_ -= expected;
  surprise_variance_ += expected;
  news_ += expected;
}

void Learner::ended(const Survival& believed, double counted_to, double seen_pending, double seen_ended,
                    std::optional<double> at) {
  const double after = within_axis(seen_pending);
  const double up_to = std::max(within_axis(seen_ended), after);
  const double from = std::min(within_axis(counted_to), after);
  if (at) {
    contradictions_ += 0.05 * ((contradicts(*at, seen_pending, seen_ended) ? 1 : 0) - contradictions_);
    if (contradictions_ > kTooManyContradictions) at.reset();
  }
  const double end = at ? std::clamp(within_axis(*at), after, up_to) : place_end(believed, from, after, up_to);
  if (at) evidence_.end(from, end);
  evidence_.grow_weight(1 + 1 / window_);
  news_ += 1;
  ++ended_;
  be_surprised(believed_hazard(believed, from, end));
}

/// Spreads an end over (after, up_to] as the believed density has it (one step of EM), and returns its median.
double Learner::place_end(const Survival& believed, double counted_to, double after, double up_to) {
  const int first = bin_of(after + 1e-6);
  const int last = std::max(bin_of(up_to), first);
  std::array<double, kBins> share;
  double total = 0;
  double before = std::exp(-believed.hazard_up_to(after));
  for (int bin = first; bin <= last; ++bin) {
    const double edge = std::min(bin + 1.0, std::max(up_to, after));
    const double survived = std::exp(-believed.hazard_up_to(edge));
    const double mass = std::max(before - survived, 0.0) + 1e-12;
    share[static_cast<std::size_t>(bin - first)] = mass;
    total += mass;
    before = survived;
  }
  double median = up_to;
  double sum = 0;
  for (int bin = last; bin >= first; --bin) {
    double& mass = share[static_cast<std::size_t>(bin - first)];
    mass /= total;
    sum += mass;
    if (sum <= 0.5) median = bin;
  }
  evidence_.end_within(counted_to, first, share.data(), last - first + 1);
  return std::clamp(median, after, up_to);
}

void Learner::be_surprised(double expected) {
  surprise_ += 1 - expected;
  surprise_variance_ += expected;
  // A belief that rests on n tasks is itself off by a share of about 1/√n: a fleet that floods a young model with news
  // should refine what is believed, not throw it away.
  const double own_doubt = surprise_variance_ * surprise_variance_ / (believed_tasks_ + 1);
  if (ended_ >= kSurpriseAfter && surprise_ * surprise_ > kSurpriseLimit * (surprise_variance_ + 1 + own_doubt)) {
    evidence_.grow_weight(kNewRegimeWeight);
    new_regime_ = true;
    surprise_ = surprise_variance_ = 0;
    ended_ = 0;
    return;
  }
  surprise_ *= kSurpriseFades;
  surprise_variance_ *= kSurpriseFades;
}

bool Learner::has_news() const { return new_regime_ || (news_ > 0 && news_ >= kNews * evidence_.tasks()); }

void Learner::relearned() {
  news_ = 0;
  new_regime_ = false;
  believed_tasks_ = evidence_.tasks();
}

void Learner::adopt(const Evidence& evidence) {
  evidence_ = evidence;
  surprise_ = surprise_variance_ = 0;
  ended_ = 0;
  news_ = 1 + evidence.tasks();
}

}  // namespace apimall::engine::schedule
