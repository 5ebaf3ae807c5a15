#include "engine/schedule/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <random>

using namespace apimall::engine::schedule;

namespace {

/// Random survival functions of many shapes: stretches without any hazard, spikes, certain ends.
Survival random_survival(std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0, 1);
  const double roughness = uniform(random);
  Survival survival;
  double sum = 0;
  double level = 0.02;
  for (std::size_t edge = 1; edge <= kBins; ++edge) {
    if (uniform(random) < 0.1) level = std::pow(10, -4 * uniform(random) * roughness) * 0.3;
    if (uniform(random) < 0.05) level = 0;
    sum += level + (uniform(random) < 0.01 ? 3 : 0);
    survival.cumulative_hazard[edge] = static_cast<float>(sum);
  }
  return survival;
}

/// The cost of a plan from each point on, by following it; in units of S.
std::array<double, kPoints> cost_of(const Plan& plan, const std::array<double, kPoints>& s, double price_s) {
  std::array<double, kPoints> cost{};
  for (int x = kPoints - 2; x >= 0; --x) {
    const auto from = static_cast<std::size_t>(x);
    const auto to = static_cast<std::size_t>(plan.next_point(x));
    cost[from] =
        s[from] * (price_s + static_cast<double>(kPointAge[to]) - static_cast<double>(kPointAge[from])) + cost[to];
  }
  return cost;
}

}  // namespace

TEST_CASE("the hull's plan costs as little as trying every next poll at every age") {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    const Survival survival = random_survival(random);
    const double price_s = 0.01 * std::pow(10, round % 6);
    const auto s = survival_at_points(survival);
    std::array<double, kPoints> best{};
    for (std::size_t x = kPoints - 1; x-- > 0;) {
      best[x] = std::numeric_limits<double>::infinity();
      for (std::size_t y = x + 1; y < kPoints; ++y) {
        const double step = static_cast<double>(kPointAge[y]) - static_cast<double>(kPointAge[x]);
        best[x] = std::min(best[x], s[x] * (price_s + step) + best[y]);
      }
    }
    const auto cost = cost_of(Plan(survival, price_s), s, price_s);
    for (std::size_t x = 0; x + 1 < kPoints; ++x) {
      REQUIRE(cost[x] <= best[x] * (1 + 1e-6) + 1e-12);
    }
  }
}

TEST_CASE("a plan moves forward from every age, and a dearer poll never comes sooner") {
  std::mt19937 random(8);
  for (int round = 0; round < 30; ++round) {
    const Survival survival = random_survival(random);
    const Plan cheap(survival, 0.25);
    const Plan dear(survival, 4);
    for (double position = 0; position < kBins; position += 0.13) {
      REQUIRE(cheap.next_age(position) >= age_at(position) * (1 - 1e-6));
      REQUIRE(cheap.next_age(position) <= last_age_s() * (1 + 1e-6));
    }
    for (int point = 0; point + 1 < kPoints; ++point) {
      REQUIRE(cheap.next_point(point) > point);
      REQUIRE(dear.next_point(point) >= cheap.next_point(point));
    }
  }
}

TEST_CASE("a task that surely ends at one age is asked once, within its bin") {
  Survival survival;
  const std::size_t end = 101;
  for (std::size_t edge = end; edge <= kBins; ++edge) survival.cumulative_hazard[edge] = 20;
  CHECK(Plan(survival, 0.25).next_age(0) == doctest::Approx(age_at(static_cast<double>(end))).epsilon(0.04));
}

TEST_CASE("ages and positions are inverse to each other, and nonsense has position 0") {
  for (const double age : {0.01, 0.3, 0.6, 0.7, 5.0, 60.0, 899.0, 5000.0, 1e6}) {
    CHECK(age_at(position_of(age)) == doctest::Approx(age));
  }
  CHECK(position_of(-1) == 0);
  CHECK(position_of(std::nan("")) == 0);
  CHECK(bin_of(0) == 0);
  CHECK(bin_of(1) == 0);
  CHECK(bin_of(1.001) == 1);
  CHECK(bin_of(kBins + 50.0) == kBins - 1);
}
