// What one seed stands for: the world in which its history happens. Drawn once, never changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "durations.hpp"
#include "engine/context.hpp"

namespace apimall::simulation {

/// Where every history begins. Not zero, so that nothing mistakes a time for an empty one.
inline constexpr Instant beginning{Duration{1'000'000'000}};

enum class Fault : std::uint8_t {
  throttled_seconds,  ///< 429 with Retry-After in seconds
  throttled_date,     ///< 429 with Retry-After as a date
  throttled_plain,    ///< 429 without a word
  error_500,
  html_502,
  empty_503,
  busy_503,  ///< 503 with Retry-After
  timeout_504,
  timeout_408,
  never_connected,  ///< the gateway saw nothing of it
  reset,            ///< it may have
  hangs,            ///< until the client's own request timeout ends it
  truncated,
  captive_portal,
  wrong_task,
  unknown_status,
  missing_status,
  other_types,  ///< fields that need not be understood come as something else
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::other_types) + 1;

struct Limit {
  double per_second = 0;  ///< 0: none
  double burst = 1;
};

enum class RateHeaders : std::uint8_t { none, x_rate_limit, ietf };

/// A span in which the gateway does not work at all.
struct Outage {
  Instant from;
  Instant to;
  Fault kind;
};

/// The gateway's clock is set by so much.
struct ClockStep {
  Instant at;
  std::int64_t by_ms;
};

/// What callers do, as shares of one.
struct Habits {
  double generate = 0.2;
  double download = 0.15;
  double get = 0.1;
  double unknown_task = 0.01;
  double duplicate = 0.1;
  double cancel = 0.05;
  double other_call = 0.02;  ///< history and balances
  double batch = 0.3;
  double tells = 0.2;
  double no_deadline = 0.3;
  double short_deadline = 0.1;
  int recipients = 3;
  double recipient_closed = 0.3;
};

struct PlannedTask {
  Instant at;  ///< when its caller comes
  int model = 0;
  double duration_s = 0;
};

struct Scenario {
  std::uint64_t seed = 0;
  engine::Settings settings;
  std::vector<Model> models;
  std::vector<PlannedTask> tasks;
  Limit limit;
  Instant limit_changes_at = engine::never;
  Limit changed_limit;
  RateHeaders rate_headers = RateHeaders::none;
  double fault_share = 0;
  std::vector<Fault> faults;
  std::vector<Outage> outages;
  std::int64_t clock_skew_ms = 0;
  std::vector<ClockStep> clock_steps;
  std::int64_t client_clock_error_ms = 0;
  double latency_s = 0.1;
  double latency_width = 0.3;
  Duration request_timeout = std::chrono::seconds{30};
  double failed_share = 0.05;  ///< of tasks that end as `failed`
  double fetch_fault_share = 0;
  Habits habits;
  Instant ends_at = engine::never;  ///< all is closed then

  Instant last_arrival() const { return tasks.empty() ? beginning : tasks.back().at; }
};

Scenario draw_scenario(std::uint64_t seed, std::size_t tasks);

/// In a few words, for `--verbose`.
std::string describe(const Scenario& scenario);

}  // namespace apimall::simulation
