#include "engine/schedule/learner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "engine/schedule/model_schedule.hpp"

using namespace apimall::engine::schedule;
using apimall::engine::Duration;
using apimall::engine::Instant;

namespace {

/// The ages at which a model polls a task that never ends, up to an age.
std::vector<double> polls(ModelSchedule& model, double up_to_s) {
  std::vector<double> ages;
  for (double age = 0; age < up_to_s; ages.push_back(age))
    age = std::max(model.next_age(0, position_of(age)), age + 0.2);
  return ages;
}

void teach(ModelSchedule& model, double duration_s) {
  model.ended(0, 0, position_of(duration_s * 1.01), position_of(duration_s));
  model.learn(Instant{}, Duration::zero());
}

double events_between(const Evidence& evidence, double from_s, double to_s) {
  double sum = 0;
  for (int bin = bin_of(position_of(from_s)) + 1; bin <= bin_of(position_of(to_s)); ++bin) {
    sum += static_cast<double>(evidence.events[static_cast<std::size_t>(bin)]);
  }
  return sum;
}

}  // namespace

TEST_CASE("a timestamp is clamped into the time between the last pending answer and the end") {
  const Survival none;
  Learner learner(100);
  learner.ended(none, 0, position_of(10), position_of(12), position_of(200));
  CHECK(events_between(learner.evidence(), 9.5, 12.5) == doctest::Approx(1));
  learner.ended(none, 0, position_of(40), position_of(50), position_of(3));
  CHECK(events_between(learner.evidence(), 38, 52) == doctest::Approx(1.01));
}

TEST_CASE("timestamps that keep contradicting what was seen are no longer listened to") {
  const Survival none;
  Learner learner(100);
  for (int i = 0; i < 20; ++i) learner.ended(none, 0, position_of(10), position_of(40), position_of(200));
  const double before = events_between(learner.evidence(), 39, 41);
  learner.ended(none, 0, position_of(10), position_of(40), position_of(39.9));
  CHECK(events_between(learner.evidence(), 39, 41) - before < 0.2);  // spread over 10 to 40 s instead
}

TEST_CASE("an end without a timestamp is spread over the time in which it may have come") {
  Learner learner(100);
  learner.ended(Survival{}, 0, position_of(10), position_of(20), std::nullopt);
  CHECK(events_between(learner.evidence(), 9.5, 20.5) == doctest::Approx(1));
  CHECK(events_between(learner.evidence(), 1, 9.4) == 0);
}

TEST_CASE("pending answers and the end expose each bin to a task once, however many polls there were") {
  const Survival none;
  Learner once(1e9);
  Learner often(1e9);
  once.ended(none, 0, position_of(18), position_of(21), position_of(20));
  double before = 0;
  for (const double age : {1.0, 5.0, 5.1, 11.0, 18.0}) {
    often.pending(none, before, position_of(age));
    before = position_of(age);
  }
  often.ended(none, before, before, position_of(21), position_of(20));
  const auto a = once.evidence().exposures();
  const auto b = often.evidence().exposures();
  for (std::size_t bin = 0; bin < a.size(); ++bin) CHECK(a[bin] == doctest::Approx(b[bin]).epsilon(1e-4));
  CHECK(a[0] == doctest::Approx(1));
}

TEST_CASE("with the durations known the plan polls around them, not before") {
  ModelSchedule model(0.25, 100);
  for (int i = 0; i < 60; ++i) teach(model, 20 + 0.05 * i);
  const auto ages = polls(model, 60);
  CHECK(ages.front() > 17);
  CHECK(ages.front() < 23);
}

TEST_CASE("two kinds of tasks get polls around both of their durations, and few between") {
  ModelSchedule model(0.25, 100);
  for (int i = 0; i < 100; ++i) teach(model, (i % 2 == 0 ? 10 : 60) * (1 + 0.001 * (i % 10)));
  int between = 0;
  for (const double age : polls(model, 70)) between += age > 15 && age < 50;
  CHECK(between <= 2);
}

TEST_CASE("when the durations triple, surprise makes the plan follow within a few tasks") {
  ModelSchedule model(0.25, 100);
  for (int i = 0; i < 100; ++i) teach(model, 10 + 0.02 * i);
  const auto wasted = [&model] {
    const auto ages = polls(model, 60);
    return std::count_if(ages.begin(), ages.end(), [](double age) { return age > 12 && age < 29; });
  };
  CHECK(polls(model, 100).front() < 12);
  const auto before = wasted();
  for (int i = 0; i < 15; ++i) teach(model, 33 + 0.1 * i);
  CHECK(wasted() <= before / 2);
  const double noticed = model.next_age(0, position_of(33.0));
  CHECK(noticed < 35.2);
}

TEST_CASE("steady durations are no surprise") {
  std::mt19937 random(3);
  std::lognormal_distribution<double> durations(3, 0.4);
  Learner learner(100);
  int regimes = 0;
  Survival believed = estimate(learner.evidence());
  for (int i = 0; i < 2000; ++i) {
    const double d = durations(random);
    learner.ended(believed, 0, 0, position_of(d * 1.05), position_of(d));
    regimes += i > 30 && learner.has_new_regime();
    if (!learner.has_news()) continue;
    believed = estimate(learner.evidence());
    learner.relearned();
  }
  CHECK(regimes <= 20);  // one in a hundred tasks at most
}

TEST_CASE("rubbish never makes an estimate that is not a survival function") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-50, 500);
  const double odd[] = {0, -1, 1e300, std::numeric_limits<double>::infinity(), std::nan(""), 188, 187.999};
  Learner learner(100);
  Survival believed = estimate(learner.evidence());
  for (int i = 0; i < 3000; ++i) {
    const auto number = [&] { return random() % 4 == 0 ? odd[random() % std::size(odd)] : uniform(random); };
    const double a = number();
    const double b = number();
    if (random() % 2 == 0) {
      learner.pending(believed, a, b);
    } else {
      learner.ended(believed, number(), a, b, random() % 3 == 0 ? std::nullopt : std::optional(number()));
    }
    if (i % 50 != 0) continue;
    believed = estimate(learner.evidence());
    for (std::size_t edge = 1; edge <= kBins; ++edge) {
      REQUIRE(std::isfinite(believed.cumulative_hazard[edge]));
      REQUIRE(believed.cumulative_hazard[edge] >= believed.cumulative_hazard[edge - 1]);
    }
  }
}

TEST_CASE("past the axis of ages polls come at intervals that grow by a quarter, five minutes at most") {
  ModelSchedule model(0.25, 100);
  double age = 1000;
  for (int i = 0; i < 50; ++i) {
    const double next = model.next_age(0, position_of(age));
    CHECK(next - age == doctest::Approx(std::min(0.25 * age, 300.0)).epsilon(1e-3));
    age = next;
  }
}
