#include "optimum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace judge {
namespace {

constexpr int kPrices = 25;
double price(int i) { return 0.02 * std::pow(2.0, i * 0.6); }  // 0.02 to 430 s

/// Every third point of the table: poll ages 2 % apart lose nothing that shows.
constexpr std::size_t kStep = 3;

}  // namespace

Cost cost_of(const Durations& durations, const std::vector<double>& polls) {
  Cost cost;
  double before = 0;
  double survived = 1;
  for (const double poll : polls) {
    cost.requests += survived;
    cost.delay_s += survived * (poll - before);
    before = poll;
    survived = durations.survival(poll);
    if (survived <= 0) break;
  }
  cost.delay_s -= durations.mean();
  return cost;
}

Cost optimum(const Durations& durations, double price_s) {
  std::vector<double> ages{0};
  std::vector<double> s{1};
  for (std::size_t i = durations.ages().size(); i-- > 0;) {
    if ((durations.ages().size() - 1 - i) % kStep != 0) continue;
    ages.push_back(durations.ages()[i]);
    s.push_back(durations.survivals()[i]);
  }
  std::reverse(ages.begin() + 1, ages.end());
  std::reverse(s.begin() + 1, s.end());
  const std::size_t n = ages.size();
  std::vector<double> rest(n, 0.0);  // cost to come, times s, once pending at that age
  std::vector<std::size_t> next(n, n - 1);
  for (std::size_t x = n - 1; x-- > 0;) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t y = x + 1; y < n; ++y) {
      const double cost = s[x] * (ages[y] - ages[x] + price_s) + rest[y];
      if (cost < best) best = cost, next[x] = y;
    }
    rest[x] = best;
  }
  std::vector<double> polls;
  for (std::size_t x = 0; x < n - 1; x = next[x]) polls.push_back(ages[next[x]]);
  return cost_of(durations, polls);
}

void Frontier::add(const Durations& durations, double share) {
  sums_.resize(kPrices);
  for (int i = 0; i < kPrices; ++i) {
    const Cost cost = optimum(durations, price(i));
    sums_[static_cast<std::size_t>(i)].requests += share * cost.requests;
    sums_[static_cast<std::size_t>(i)].delay_s += share * cost.delay_s;
  }
  shares_ += share;
}

double Frontier::delay_at(double requests) const {
  const double wanted = requests * shares_;
  for (std::size_t i = 1; i < sums_.size(); ++i) {
    if (sums_[i].requests > wanted) continue;
    const Cost& a = sums_[i - 1];
    const Cost& b = sums_[i];
    const double part = std::log(a.requests / wanted) / std::max(std::log(a.requests / b.requests), 1e-9);
    return a.delay_s * std::pow(b.delay_s / a.delay_s, part) / shares_;
  }
  return sums_.back().delay_s / shares_;
}

std::vector<double> exponential_polls(double first_s, double ratio) {
  std::vector<double> polls;
  double interval = first_s;
  for (double age = first_s; polls.empty() || polls.back() < 1800; age += interval) {
    polls.push_back(age);
    interval *= ratio;
  }
  return polls;
}

double best_simple_delay(const std::vector<const Durations*>& models, double requests) {
  double best = std::numeric_limits<double>::infinity();
  for (const double ratio : {1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0}) {
    const auto mean = [&](double first_s) {
      const auto polls = exponential_polls(first_s, ratio);
      Cost sum;
      for (const Durations* model : models) {
        const Cost cost = cost_of(*model, polls);
        sum.requests += cost.requests / static_cast<double>(models.size());
        sum.delay_s += cost.delay_s / static_cast<double>(models.size());
      }
      return sum;
    };
    double low = 0.02;
    double high = 600;
    for (int i = 0; i < 22; ++i) {
      const double middle = std::sqrt(low * high);
      (mean(middle).requests > requests ? low : high) = middle;
    }
    best = std::min(best, mean(high).delay_s);
  }
  return best;
}

}  // namespace judge
