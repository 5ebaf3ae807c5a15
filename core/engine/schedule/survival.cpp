#include "engine/schedule/survival.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace apimall::engine::schedule {
namespace {

using Bins = std::array<float, kBins>;

constexpr double kPriorSlope = 1.8;
constexpr double kPriorAge_s = 15;
constexpr double kPriorAgeTasks = 0.5;   // how many tasks the guess of 15 s weighs
constexpr double kPriorSpread = 0.45;    // σ of log duration for a typical model,
constexpr double kPriorSpreadTasks = 5;  // weighing this many tasks
constexpr double kWidestDetail = 0.4;    // the wide smoothing, in log age, at most; it is
constexpr double kWideSpread = 0.6;      // this times σ, or the narrow one if that is wider
constexpr double kHighestHazard = 0.98;  // no bin is certain

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// One pass of a moving mean over 2·half + 1 bins. The ends are extended by their own value.
void box(const Bins& in, Bins& out, int half) {
  const float scale = 1.0F / static_cast<float>(2 * half + 1);
  const auto clamped = [&in](int i) { return in[at(std::clamp(i, 0, kBins - 1))]; };
  float sum = 0;
  for (int i = -half; i <= half; ++i) sum += clamped(i);
  for (int i = 0; i < kBins; ++i) {
    out[at(i)] = std::max(sum * scale, 0.0F);
    sum += clamped(i + half + 1) - clamped(i - half);
  }
}

/// Close to a Gaussian of this standard deviation (in bins): three box passes, mixed between two box widths so that the
/// strength of smoothing moves continuously with the data.
Bins smooth(const Bins& in, double deviation) {
  // Three passes over 2h + 1 bins have variance h·(h + 1).
  const double h = (std::sqrt(1 + 4 * deviation * deviation) - 1) / 2;
  const int narrow = static_cast<int>(h);
  const int wide = narrow + 1;
  const double want = deviation * deviation;
  const double below = narrow * (narrow + 1.0);
  const double above = wide * (wide + 1.0);
  const float mix = static_cast<float>((want - below) / (above - below));
  const auto three = [&in](int half) {
    Bins a{};
    Bins b{};
    if (half == 0) return in;
    box(in, a, half);
    box(a, b, half);
    box(b, a, half);
    return a;
  };
  Bins result = three(narrow);
  const Bins other = three(wide);
  for (int i = 0; i < kBins; ++i) result[at(i)] += mix * (other[at(i)] - result[at(i)]);
  return result;
}

/// The standard deviation of log duration, from the shortest interval that holds a third of the events: one mode's own
/// width where there are several, and blind to the tail.
double spread(const Evidence& evidence) {
  constexpr double kShare = 1.0 / 3;
  constexpr double kShareWidth = 2 * 0.4307;  // of a normal distribution's middle third, in σ
  double total = 0;
  for (const float e : evidence.events) total += e;
  double best = kBins;
  double inside = 0;
  int first = 0;
  for (int last = 0; last < kBins && total > 0; ++last) {
    inside += evidence.events[at(last)];
    while (inside - evidence.events[at(first)] >= total * kShare) inside -= evidence.events[at(first++)];
    if (inside >= total * kShare) best = std::min(best, static_cast<double>(last - first + 1));
  }
  const double measured = best * kLogRatio / kShareWidth;
  const double n = total > 0 ? evidence.tasks() : 0;
  return (n * measured + kPriorSpreadTasks * kPriorSpread) / (n + kPriorSpreadTasks);
}

/// The prior's survival at each edge.
std::array<double, kBins + 1> prior_survival(const Evidence& evidence) {
  const double n = evidence.tasks();
  const double centre =
      (kPriorAgeTasks * std::log(kPriorAge_s) + evidence.log_sum / evidence.weight) / (kPriorAgeTasks + n);
  std::array<double, kBins + 1> s{};
  s[0] = 1;
  double odds = std::exp(kPriorSlope * (std::log(kFirstEdge_s) - centre));  // (age / centre)^slope
  const double step = std::exp(kPriorSlope * kLogRatio);
  for (int edge = 1; edge <= kBins; ++edge, odds *= step) s[at(edge)] = 1 / (1 + odds);
  return s;
}

}  // namespace

double Survival::hazard_up_to(double position) const {
  const int bin = std::clamp(static_cast<int>(position), 0, kBins - 1);
  const double low = cumulative_hazard[at(bin)];
  const double high = cumulative_hazard[at(bin + 1)];
  return low + (high - low) * std::clamp(position - bin, 0.0, 1.0);
}

Survival estimate(const Evidence& evidence) {
  const double n = evidence.tasks();
  const double deviation = spread(evidence);
  const double detail = deviation * std::pow(std::max(n, 1.0), -0.25);
  const double narrow_bins = detail / kLogRatio;
  const double wide_bins = std::max(detail, std::min(kWidestDetail, kWideSpread * deviation)) / kLogRatio;
  const double window = 3.5 * narrow_bins;  // 2√π · deviation: how many bins' worth of evidence the kernel gathers

  Bins events = evidence.events;
  for (float& e : events) e = static_cast<float>(e / evidence.weight);
  const Bins exposures = evidence.exposures();
  const Bins wide_events = smooth(events, wide_bins);
  const Bins wide_exposures = smooth(exposures, wide_bins);
  const Bins narrow_events = smooth(events, narrow_bins);
  const Bins narrow_exposures = smooth(exposures, narrow_bins);
  const auto prior = prior_survival(evidence);

  Survival result;
  double sum = 0;
  for (int b = 0; b < kBins; ++b) {
    const double prior_events = prior[at(b)] - prior[at(b + 1)];
    // Past the ages that tasks have been seen at, smoothing would carry "nothing ended" on from the ages before.
    const double wide_seen = std::min(1.0, exposures[at(b)] / (wide_exposures[at(b)] + 1e-9));
    const double seen = std::min(1.0, exposures[at(b)] / (narrow_exposures[at(b)] + 1e-9)) * window;
    const double wide =
        std::clamp((wide_seen * wide_events[at(b)] + prior_events) / (wide_seen * wide_exposures[at(b)] + prior[at(b)]),
                   1e-6, kHighestHazard);
    const double hazard = (seen * narrow_events[at(b)] + 1) / (seen * narrow_exposures[at(b)] + 1 / wide);
    sum -= std::log1p(-std::min(hazard, kHighestHazard));
    result.cumulative_hazard[at(b + 1)] = static_cast<float>(sum);
  }
  return result;
}

}  // namespace apimall::engine::schedule
