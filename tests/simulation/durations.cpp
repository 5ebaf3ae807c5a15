#include "durations.hpp"

#include <algorithm>

namespace apimall::simulation {
namespace {

constexpr double shortest_s = 0.05;
constexpr double longest_s = 3600;
constexpr double share_of_second_mode = 0.35;
constexpr double share_of_cold_starts = 0.1;

/// Marsaglia and Tsang (2000), for shapes of one and more.
double gamma(Random& random, double shape) {
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double z = random.normal();
    const double v = std::pow(std::max(1 + c * z, 0.0), 3);
    if (v > 0 && std::log(random.uniform()) < z * z / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

double drawn(Random& random, const Model& model) {
  const auto log_normal = [&](double median) { return median * std::exp(model.width * random.normal()); };
  switch (model.family) {
    case Family::log_normal:
    case Family::regime_change:
      return log_normal(model.median_s);
    case Family::gamma: {
      const double shape = std::max(1.0, 1 / (model.width * model.width));
      return model.median_s * gamma(random, shape) / std::max(shape - 1.0 / 3, 0.1);
    }
    case Family::weibull:
      return model.median_s * std::pow(random.exponential(1 / std::log(2.0)), model.width);
    case Family::bimodal:
      return log_normal(model.median_s * (random.chance(share_of_second_mode) ? 6 : 1));
    case Family::cold_start:
      return log_normal(model.median_s) + (random.chance(share_of_cold_starts) ? random.uniform(15, 90) : 0);
    case Family::heavy_tail:
      return model.median_s * std::pow(2 * random.uniform(), -2 * model.width);
  }
  return model.median_s;
}

}  // namespace

double Model::duration(Random& random, Instant start) const {
  const bool slow = family == Family::regime_change && start >= regime_from && start < regime_to;
  return std::clamp(drawn(random, *this) * (slow ? slower : 1), shortest_s, longest_s);
}

Model draw_model(Random& random, int number, Instant start, Duration span) {
  static constexpr Family families[] = {Family::log_normal, Family::gamma,      Family::weibull,      Family::bimodal,
                                        Family::cold_start, Family::heavy_tail, Family::regime_change};
  Model model;
  model.name = "model-" + std::to_string(number);
  model.family = random.one_of(families);
  model.median_s = random.log_uniform(1, 60);
  model.width = random.uniform(0.1, 0.6);
  model.slower = random.uniform(2, 5);
  model.regime_from = start + engine::from_seconds(engine::seconds(span) * random.uniform(0.2, 0.5));
  model.regime_to = model.regime_from + engine::from_seconds(engine::seconds(span) * random.uniform(0.2, 0.5));
  return model;
}

}  // namespace apimall::simulation
