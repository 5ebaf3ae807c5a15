#include "engine/schedule/plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace apimall::engine::schedule {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// "Poll next at this point": cost `slope · s + offset` as a function of s = S(x).
struct Line {
  double slope;
  double offset;
  int point;

  double cost(double s) const { return slope * s + offset; }
};

/// Whether `middle` lies nowhere below both of its neighbours (slopes fall from left to right).
bool useless(const Line& left, const Line& middle, const Line& right) {
  return (middle.offset - left.offset) * (left.slope - right.slope) >=
         (right.offset - left.offset) * (left.slope - middle.slope);
}

}  // namespace

std::array<double, kPoints> survival_at_points(const Survival& survival) {
  std::array<double, kPoints> s{};
  double now = 1;
  int point = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    const double step =
        static_cast<double>(survival.cumulative_hazard[at(bin)]) - survival.cumulative_hazard[at(bin + 1)];
    const double factor = std::exp(step / kPointsPerBin);
    for (int i = 0; i < kPointsPerBin; ++i, now *= factor) s[at(point++)] = now;
  }
  s[at(point)] = now;
  return s;
}

Plan::Plan(const Survival& survival, double price_s) {
  const auto s = survival_at_points(survival);
  std::array<Line, kPoints> lines;  // the envelope is lines[first, end)
  int first = 0;
  int end = 0;
  constexpr int last = kPoints - 1;
  lines[at(end++)] = {kPointAge[at(last)], 0, last};
  next_[at(last)] = last;
  for (int x = last - 1; x >= 0; --x) {
    while (end - first >= 2 && lines[at(first + 1)].cost(s[at(x)]) <= lines[at(first)].cost(s[at(x)])) ++first;
    const Line& best = lines[at(first)];
    next_[at(x)] = static_cast<std::uint16_t>(best.point);
    const double age = kPointAge[at(x)];
    const Line line{age, s[at(x)] * (price_s - age) + best.cost(s[at(x)]), x};
    while (end - first >= 2 && useless(lines[at(end - 2)], lines[at(end - 1)], line)) --end;
    lines[at(end++)] = line;
  }
}

double Plan::next_age(double pending_position) const {
  const double exact = std::clamp(pending_position * kPointsPerBin, 0.0, static_cast<double>(kPoints - 1));
  const int point = std::min(static_cast<int>(exact), kPoints - 2);
  const int low = next_[at(point)];
  const int high = next_[at(point + 1)];
  // Between two points whose next polls lie in different modes a mean would lie in neither.
  constexpr int kSameMode = 4 * kPointsPerBin;
  const double between = high - low > kSameMode ? 0 : (exact - point) * (high - low);
  const int whole = std::min(low + static_cast<int>(between), kPoints - 2);
  const double part = low + between - whole;
  return kPointAge[at(whole)] + part * (kPointAge[at(whole + 1)] - kPointAge[at(whole)]);
}

}  // namespace apimall::engine::schedule
