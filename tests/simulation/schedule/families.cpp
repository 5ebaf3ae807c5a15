#include "families.hpp"

#include <algorithm>
#include <cmath>

namespace judge {
namespace {

constexpr int kGrid = 1200;
constexpr double kFirst_s = 0.3;
constexpr double kLast_s = 1800;

/// The density of one part at an age, up to a factor that the table's normalisation takes out per part.
double density(const Durations::Part& part, double age) {
  const double t = age - part.shift_s;
  if (t <= 0) return 0;
  using Shape = Durations::Part::Shape;
  switch (part.shape) {
    case Shape::log_normal: {
      const double z = std::log(t / part.median_s) / part.width;
      return std::exp(-z * z / 2) / t;
    }
    case Shape::gamma: {
      const double k = 1 / (part.width * part.width);
      const double scale = part.median_s / std::max(k - 1.0 / 3, 0.1);
      return std::exp((k - 1) * std::log(t / part.median_s) - (t - part.median_s) / scale);
    }
    case Shape::weibull: {
      const double k = 1 / part.width;
      const double x = std::pow(t / part.median_s, k) * std::log(2.0);
      return x / t * std::exp(-x);
    }
    case Shape::pareto:
      return t < part.median_s ? 0 : std::pow(t / part.median_s, -1 / part.width - 1);
  }
  return 0;
}

}  // namespace

std::uint64_t Random::bits() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Random::uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }

double Random::log_uniform(double low, double high) { return low * std::pow(high / low, uniform()); }

Durations::Durations(const std::vector<Part>& parts) {
  std::vector<double> mass(kGrid, 0.0);  // mass[i] lies in (ages[i − 1], ages[i]]
  for (int i = 0; i < kGrid; ++i) ages_.push_back(kFirst_s * std::pow(kLast_s / kFirst_s, i / (kGrid - 1.0)));
  for (const Part& part : parts) {
    std::vector<double> own(kGrid, 0.0);
    double total = 0;
    for (std::size_t i = 1; i < own.size(); ++i) {
      const double middle = (ages_[i - 1] + ages_[i]) / 2;
      own[i] = density(part, middle) * (ages_[i] - ages_[i - 1]);
      total += own[i];
    }
    for (std::size_t i = 1; i < own.size(); ++i) mass[i] += part.share * own[i] / total;
  }
  double total = 0;
  for (const double m : mass) total += m;
  double left = 1;
  for (std::size_t i = 0; i < mass.size(); ++i) {
    left = std::max(0.0, left - mass[i] / total);
    survivals_.push_back(left);
    if (i > 0) mean_ += mass[i] / total * (ages_[i - 1] + ages_[i]) / 2;
  }
  survivals_.back() = 0;
}

double Durations::draw(Random& random) const {
  const double u = random.uniform();
  const auto above = std::lower_bound(survivals_.begin(), survivals_.end(), u, std::greater<>());
  const auto i = static_cast<std::size_t>(above - survivals_.begin());
  if (i == 0) return ages_[0];
  const double span = survivals_[i - 1] - survivals_[i];
  const double part = span > 0 ? (survivals_[i - 1] - u) / span : 1;
  return ages_[i - 1] + part * (ages_[i] - ages_[i - 1]);
}

double Durations::survival(double age_s) const {
  const auto above = std::upper_bound(ages_.begin(), ages_.end(), age_s);
  if (above == ages_.begin()) return 1;
  if (above == ages_.end()) return 0;
  const auto i = static_cast<std::size_t>(above - ages_.begin());
  const double part = (age_s - ages_[i - 1]) / (ages_[i] - ages_[i - 1]);
  return survivals_[i - 1] + part * (survivals_[i] - survivals_[i - 1]);
}

Durations draw_durations(const std::string& family, Random& random) {
  using Part = Durations::Part;
  using Shape = Part::Shape;
  const double median = random.log_uniform(3, 90);
  const double width = random.uniform(0.2, 0.6);
  if (family == "log-normal") return Durations({Part{Shape::log_normal, 1, median, width}});
  if (family == "gamma") return Durations({Part{Shape::gamma, 1, median, random.uniform(0.2, 0.7)}});
  if (family == "weibull") return Durations({Part{Shape::weibull, 1, median, random.uniform(0.2, 0.7)}});
  if (family == "narrow") {
    return Durations({Part{Shape::log_normal, 1, median / 2, random.uniform(0.1, 0.3), median / 2}});
  }
  const double low = std::min(median, 30.0);
  const double apart = random.uniform(2.2, 5);
  const double thin = random.uniform(0.12, 0.35);
  if (family == "bimodal") {
    const double share = random.uniform(0.3, 0.8);
    return Durations(
        {Part{Shape::log_normal, share, low, thin}, Part{Shape::log_normal, 1 - share, low * apart, thin}});
  }
  if (family == "trimodal") {
    const double a = random.uniform(0.2, 0.5);
    const double b = random.uniform(0.2, 0.4);
    return Durations({Part{Shape::log_normal, a, low / 2, thin}, Part{Shape::log_normal, b, low / 2 * apart, thin},
                      Part{Shape::log_normal, 1 - a - b, low / 2 * apart * random.uniform(2, 3), thin}});
  }
  if (family == "cold start") {
    const double cold = random.uniform(0.05, 0.25);
    return Durations({Part{Shape::log_normal, 1 - cold, low, thin},
                      Part{Shape::log_normal, cold, low, thin, random.uniform(20, 120)}});
  }
  const double tail = random.uniform(0.05, 0.2);  // heavy tail
  return Durations(
      {Part{Shape::log_normal, 1 - tail, low, width}, Part{Shape::pareto, tail, low * 1.5, random.uniform(0.4, 0.7)}});
}

}  // namespace judge
