#include "engine/rate_budget.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace apimall::engine;
using namespace std::chrono_literals;

namespace {

Instant at(double s) { return Instant{from_seconds(s)}; }
double to_s(Instant t) { return seconds(t.time_since_epoch()); }

RateBudget::Told told(std::optional<double> per_second, std::optional<double> remaining,
                      std::optional<Duration> reset_in) {
  return {.per_second = per_second, .remaining = remaining, .reset_in = reset_in};
}

/// Takes all that may be taken for a while, and says when.
std::vector<double> take_all(RateBudget& budget, double from_s, double to_s_) {
  std::vector<double> taken;
  Instant now = at(from_s);
  for (;;) {
    now = std::max(now, budget.ready_at(now));
    if (now >= at(to_s_)) return taken;
    budget.take(now);
    taken.push_back(to_s(now));
  }
}

}  // namespace

TEST_CASE("with a known limit no window of time holds more than burst + rate * t") {
  std::mt19937 random(4);
  for (const double rate : {0.3, 1.0, 7.0, 130.0}) {
    for (const double burst : {1.0, 5.5, 40.0}) {
      RateBudget budget({rate, burst});
      std::vector<double> taken;
      Instant now = at(100);
      for (int i = 0; i < 600; ++i) {
        if (random() % 5 == 0) now += from_seconds(static_cast<double>(random() % 1000) / 100 / rate);
        now = std::max(now, budget.ready_at(now));
        budget.take(now);
        taken.push_back(to_s(now));
      }
      for (std::size_t i = 0; i < taken.size(); ++i) {
        for (std::size_t j = i; j < taken.size(); ++j) {
          REQUIRE(static_cast<double>(j - i + 1) <=
                  burst + rate * (taken[j] - taken[i]) + 1e-6 * static_cast<double>(j + 1));
        }
      }
    }
  }
}

TEST_CASE("the time that is named is the time at which a request may go, and the limit is used up") {
  RateBudget budget({10, 1});
  const auto taken = take_all(budget, 0, 10);
  CHECK(taken.size() >= 100);
  CHECK(taken.size() <= 101);
}

TEST_CASE("Retry-After is never undercut, whatever else is told meanwhile") {
  for (const bool known : {true, false}) {
    RateBudget budget({known ? std::optional(100.0) : std::nullopt, std::nullopt});
    budget.take(at(10));
    budget.throttled(at(10), 30s);
    budget.throttled(at(11), 2s);
    budget.throttled(at(12), std::nullopt);
    budget.accepted(at(13));
    budget.observe(at(14), told(100, 100, 1s));
    CHECK(budget.ready_at(at(15)) >= at(40));
    CHECK(budget.ready_at(at(39.9)) >= at(40));
    CHECK(budget.ready_at(at(45)) <= at(45));
  }
}

TEST_CASE("after a 429 requests go one by one, not all at once") {
  RateBudget budget({10, 50});
  budget.throttled(at(0), 5s);
  const auto taken = take_all(budget, 0, 8);
  REQUIRE(taken.size() > 1);
  CHECK(taken.front() >= 5);
  CHECK(taken.size() <= 30);
}

TEST_CASE("an unknown limit is found within seconds, met rarely, and mostly used") {
  for (const double limit : {3.0, 20.0, 200.0}) {
    RateBudget budget({std::nullopt, std::nullopt});
    double tokens = limit;
    double then = 0;
    double accepted = 0;
    double refused = 0;
    Instant now = at(0);
    while (now < at(120)) {
      now = std::max(now, budget.ready_at(now));
      budget.take(now);
      tokens = std::min(limit, tokens + (to_s(now) - then) * limit);
      then = to_s(now);
      if (tokens >= 1) {
        tokens -= 1;
        accepted += 1;
        budget.accepted(now);
      } else {
        refused += 1;
        budget.throttled(now, 1s);
      }
    }
    CAPTURE(limit);
    CHECK(accepted > 0.8 * limit * 120);
    CHECK(refused < 0.05 * accepted + 5);
  }
}

TEST_CASE("a storm of 429s lowers the rate once a second, not once per answer") {
  RateBudget budget({100, 1});
  for (int i = 0; i < 500; ++i) budget.throttled(at(1 + i * 1e-3), std::nullopt);
  CHECK(budget.rate() == doctest::Approx(85));
}

TEST_CASE("a rate that nobody asks for is not raised") {
  RateBudget budget({std::nullopt, std::nullopt});
  for (int i = 0; i < 1000; ++i) {
    const Instant now = at(i * 2.0);
    REQUIRE(budget.ready_at(now) <= now);
    budget.take(now);
    budget.accepted(now);
  }
  CHECK(budget.rate() == 10);
}

TEST_CASE("a rate that was cut grows again, also for a caller with one request under way at a time") {
  RateBudget budget({std::nullopt, std::nullopt});
  for (int i = 0; i < 30; ++i) budget.throttled(at(2.0 * i), std::nullopt);
  REQUIRE(budget.rate() < 0.1);
  Instant now = at(60);
  while (now < at(360)) {
    now = std::max(now, budget.ready_at(now));
    budget.take(now);
    now += 10ms;
    budget.accepted(now);
  }
  CHECK(budget.rate() > 4);
}

TEST_CASE("a 429 to the few requests of a quiet client does not pin it to so few") {
  RateBudget budget({std::nullopt, std::nullopt});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(budget.ready_at(at(20.0 * i)) <= at(20.0 * i));
    budget.take(at(20.0 * i));
    budget.accepted(at(20.0 * i + 0.1));
  }
  const double before = budget.rate();
  budget.throttled(at(200), 1s);
  CHECK(budget.rate() == doctest::Approx(0.85 * before));
}

TEST_CASE("when the window's requests are used up nothing goes until it ends") {
  RateBudget budget({1000, 100});
  budget.observe(at(0), told(100, 3, 10s));
  CHECK(take_all(budget, 0, 9.99).size() == 3);
  CHECK(budget.ready_at(at(10)) <= at(10));
  budget.observe(at(10), told(100, 0, 5s));
  CHECK(budget.ready_at(at(11)) >= at(15));
}

TEST_CASE("of the requests left those under way are not sent again, and an overtaken answer says nothing new") {
  RateBudget budget({1000, 100});
  auto last = told(100, 6, 10s);
  last.sent_at = at(0.5);
  last.under_way = 4;
  budget.observe(at(1), last);
  auto overtaken = told(100, 9, 10s);
  overtaken.sent_at = at(0.4);
  budget.observe(at(1), overtaken);
  CHECK(take_all(budget, 1, 10).size() == 2);
}

TEST_CASE("headers about a bucket that fills all the time let nearly all of its rate through") {
  for (const double rate : {5.0, 50.0}) {
    RateBudget budget({std::nullopt, std::nullopt});
    double tokens = rate;
    double then = 0;
    int accepted = 0;
    int refused = 0;
    for (Instant now = at(0); now < at(60);) {
      now = std::max(now, budget.ready_at(now));
      budget.take(now);
      tokens = std::min(rate, tokens + (to_s(now) - then) * rate);
      then = to_s(now);
      const Instant sent = now;
      now += 5ms;
      if (tokens < 1) {
        ++refused;
        budget.throttled(now, 1s);
        continue;
      }
      tokens -= 1;
      ++accepted;
      auto headers = told(rate, std::floor(tokens), from_seconds(std::max(1.0, std::ceil((rate - tokens) / rate))));
      headers.sent_at = sent;
      budget.observe(now, headers);
      budget.accepted(now);
    }
    CAPTURE(rate);
    CHECK(accepted > 0.85 * 60 * rate);
    CHECK(refused <= 1);
  }
}

TEST_CASE("a limit of zero, NaN and other nonsense in settings or headers stops nothing for good") {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double odd : {0.0, -3.0, nan, infinity}) {
    RateBudget budget({odd, odd});
    budget.observe(at(0), told(odd, odd, 1s));
    budget.observe(at(0), told(0, 0, 3600h));
    budget.observe(at(0), told(odd, odd, -1s));
    budget.observe(at(0), told(std::nullopt, odd, std::nullopt));
    CHECK(budget.ready_at(at(10)) <= at(20));
  }
  RateBudget budget({5, 1});
  budget.throttled(at(0), Duration::max());
  CHECK(budget.ready_at(at(1)) == never);
  CHECK(budget.ready_at(never) >= at(1));
}
