#include "scenario.hpp"

#include <algorithm>
#include <cstdio>

namespace apimall::simulation {
namespace {

using namespace std::chrono_literals;
using engine::from_seconds;

constexpr std::uint64_t stream = 1;

void draw_tasks(Random& random, Scenario& scenario, std::size_t count) {
  // Enough room that tasks of several ages live at once, whatever the number of tasks is.
  const double span_s = static_cast<double>(count) * random.log_uniform(0.1, 3);
  const Duration span = from_seconds(span_s);
  const int models = 1 + static_cast<int>(random.below(5));
  for (int i = 0; i < models; ++i) scenario.models.push_back(draw_model(random, i, beginning, span));

  enum class Arrivals { steady, burst, trickle };
  static constexpr Arrivals kinds[] = {Arrivals::steady, Arrivals::burst, Arrivals::trickle};
  const Arrivals arrivals = random.one_of(kinds);
  Instant at = beginning;
  const auto bursts = static_cast<std::size_t>(random.uniform(1, 5));
  for (std::size_t i = 0; i < count; ++i) {
    if (arrivals == Arrivals::steady) at += from_seconds(random.exponential(span_s / static_cast<double>(count)));
    if (arrivals == Arrivals::trickle) {
      at += from_seconds(random.exponential((random.chance(0.1) ? 5 : 0.5) * span_s / static_cast<double>(count)));
    }
    if (arrivals == Arrivals::burst && i % (count / bursts + 1) == 0 && i > 0) at += random.span(1, 120);
    PlannedTask task;
    task.at = at;
    task.model = static_cast<int>(random.below(scenario.models.size()));
    task.duration_s = scenario.models[static_cast<std::size_t>(task.model)].duration(random, at);
    scenario.tasks.push_back(task);
  }
}

Limit draw_limit(Random& random, std::size_t tasks, Duration span) {
  // Between a few polls a task and plenty, so that some histories starve for requests and some do not.
  const double needed = static_cast<double>(tasks) / std::max(engine::seconds(span), 30.0);
  Limit limit;
  limit.per_second = std::clamp(needed * random.log_uniform(1, 20), 0.5, 500.0);
  limit.burst = std::ceil(random.log_uniform(1, 40));
  return limit;
}

void draw_limits(Random& random, Scenario& scenario) {
  if (random.chance(0.25)) return;
  const Duration span = scenario.last_arrival() - beginning;
  scenario.limit = draw_limit(random, scenario.tasks.size(), span);
  if (random.chance(0.5)) {
    scenario.settings.rate_per_second = scenario.limit.per_second;
    if (random.chance(0.7)) scenario.settings.rate_burst = scenario.limit.burst;
  }
  if (random.chance(0.3)) {
    scenario.limit_changes_at = beginning + from_seconds(engine::seconds(span) * random.uniform(0.1, 0.9));
    scenario.changed_limit = scenario.limit;
    scenario.changed_limit.per_second *= random.log_uniform(0.3, 3);
  }
  static constexpr RateHeaders styles[] = {RateHeaders::none, RateHeaders::none, RateHeaders::x_rate_limit,
                                           RateHeaders::ietf};
  scenario.rate_headers = random.one_of(styles);
}

void draw_faults(Random& random, Scenario& scenario) {
  static constexpr double shares[] = {0, 0, 0.01, 0.05, 0.2};
  scenario.fault_share = random.one_of(shares);
  const double of_each_kind = random.uniform(0.2, 1);
  for (std::size_t i = 0; i < fault_count; ++i) {
    if (random.chance(of_each_kind)) scenario.faults.push_back(static_cast<Fault>(i));
  }
  if (scenario.faults.empty()) scenario.fault_share = 0;
  scenario.fetch_fault_share = random.chance(0.5) ? random.uniform(0, 0.4) : 0;
  if (random.chance(0.7)) return;
  static constexpr Fault kinds[] = {Fault::never_connected, Fault::html_502, Fault::empty_503, Fault::hangs,
                                    Fault::busy_503};
  for (std::size_t i = 1 + random.below(3); i > 0; --i) {
    const Instant from =
        beginning + from_seconds(engine::seconds(scenario.last_arrival() - beginning) * random.uniform());
    scenario.outages.push_back({from, from + from_seconds(random.log_uniform(2, 300)), random.one_of(kinds)});
  }
}

void draw_clocks(Random& random, Scenario& scenario) {
  if (random.chance(0.5)) scenario.clock_skew_ms = static_cast<std::int64_t>(random.uniform(-3.6e6, 3.6e6));
  if (random.chance(0.5)) scenario.client_clock_error_ms = static_cast<std::int64_t>(random.uniform(-6e5, 6e5));
  if (random.chance(0.7)) return;
  for (std::size_t i = 1 + random.below(3); i > 0; --i) {
    const Instant at =
        beginning + from_seconds(engine::seconds(scenario.last_arrival() - beginning) * random.uniform());
    const double by_ms = random.log_uniform(20, 3.6e6) * (random.chance(0.5) ? 1 : -1);
    scenario.clock_steps.push_back({at, static_cast<std::int64_t>(by_ms)});
  }
}

void draw_settings(Random& random, Scenario& scenario) {
  engine::Settings& settings = scenario.settings;
  settings.price_s = random.log_uniform(0.05, 2);
  static constexpr std::size_t in_flight[] = {1, 4, 64, 64, 64, 256};
  settings.max_in_flight = random.one_of(in_flight);
  static constexpr Duration retry[] = {0s, 1s, 10s, 10s, 60s};
  settings.retry_timeout = random.one_of(retry);
  settings.seed = random.bits();
}

void draw_habits(Random& random, Scenario& scenario) {
  Habits& habits = scenario.habits;
  habits.generate = random.uniform(0, 0.5);
  habits.download = random.uniform(0, 0.3);
  habits.get = random.uniform(0, 0.2);
  habits.duplicate = random.chance(0.5) ? random.uniform(0, 0.4) : 0;
  habits.cancel = random.chance(0.5) ? random.uniform(0, 0.2) : 0;
  habits.batch = random.uniform();
  habits.tells = random.uniform(0, 0.5);
  habits.no_deadline = random.uniform();
  habits.short_deadline = random.uniform(0, 0.3);
  habits.recipients = 1 + static_cast<int>(random.below(4));
  habits.recipient_closed = random.uniform(0, 0.5);
}

}  // namespace

Scenario draw_scenario(std::uint64_t seed, std::size_t tasks) {
  Random random(seed, stream);
  Scenario scenario;
  scenario.seed = seed;
  draw_tasks(random, scenario, tasks);
  draw_limits(random, scenario);
  draw_faults(random, scenario);
  draw_clocks(random, scenario);
  draw_settings(random, scenario);
  draw_habits(random, scenario);
  scenario.latency_s = random.log_uniform(0.01, 0.5);
  scenario.latency_width = random.uniform(0.05, 0.8);
  scenario.request_timeout = random.span(3, 60);
  scenario.failed_share = random.uniform(0, 0.2);
  scenario.ends_at = scenario.last_arrival() + from_seconds(random.log_uniform(10, 6 * 3600));
  return scenario;
}

std::string describe(const Scenario& scenario) {
  const engine::Settings& settings = scenario.settings;
  char text[512];
  std::snprintf(
      text, sizeof text,
      "%zu tasks of %zu models in %.0f s, price %.2f s, limit %.2f/s burst %.0f (%s%s%s), faults %.0f %% of %zu "
      "kinds, %zu outages, clock %+.1f s with %zu steps, latency %.0f ms, request timeout %.0f s, %zu in flight, "
      "closed after %.0f s",
      scenario.tasks.size(), scenario.models.size(), engine::seconds(scenario.last_arrival() - beginning),
      settings.price_s, scenario.limit.per_second, scenario.limit.burst, settings.rate_per_second ? "known" : "unknown",
      scenario.rate_headers == RateHeaders::none ? "" : ", told by headers",
      scenario.limit_changes_at == engine::never ? "" : ", changing", 100 * scenario.fault_share,
      scenario.faults.size(), scenario.outages.size(), static_cast<double>(scenario.clock_skew_ms) / 1000,
      scenario.clock_steps.size(), 1000 * scenario.latency_s, engine::seconds(scenario.request_timeout),
      settings.max_in_flight, engine::seconds(scenario.ends_at - beginning));
  return text;
}

}  // namespace apimall::simulation
