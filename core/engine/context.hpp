// What the parts of the engine share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/clock.hpp"
#include "engine/exchanges.hpp"
#include "engine/rate_budget.hpp"
#include "engine/retry.hpp"
#include "engine/scheduler.hpp"
#include "engine/server_clock.hpp"
#include "engine/works.hpp"
#include "model/log.hpp"
#include "wire/request.hpp"

namespace apimall::engine {

struct Settings {
  double price_s = 0.25;
  std::optional<double> rate_per_second;  ///< none: discovered
  std::optional<double> rate_burst;
  std::size_t max_in_flight = 64;
  Duration retry_timeout{10'000'000};  ///< how long a call may spend on retries
  std::uint64_t seed = 0;
};

/// Counters since the start.
struct Statistics {
  std::uint64_t requests = 0;      ///< sent to the gateway
  std::uint64_t responses = 0;     ///< whole answers from it
  std::uint64_t polls = 0;         ///< requests that asked about a task
  std::uint64_t rate_limited = 0;  ///< answers 429
  std::uint64_t retries = 0;
  std::uint64_t failures = 0;  ///< requests without a whole answer
  std::uint64_t downloads = 0;
  std::uint64_t download_bytes = 0;
};

/// One result to fetch: file `stem` in `folder`, its extension found by its content.
struct FetchOrder {
  std::string url;
  std::string folder;
  std::string stem;
};

/// "Send this."
struct Send {
  ExchangeId id = no_exchange;
  std::variant<wire::Request, FetchOrder> what;
};

struct Context {
  Context(const Settings& settings_in, Log& log_in)
      : settings(settings_in),
        log(log_in),
        rate({settings_in.rate_per_second, settings_in.rate_burst}),
        scheduler({settings_in.price_s}, rate),
        backoff(settings_in.seed) {}

  const Settings settings;
  Log& log;
  Works works;
  Exchanges exchanges;
  RateBudget rate;
  Scheduler scheduler;
  Backoff backoff;
  ServerClock server_clock;
  Statistics statistics;
  Duration round_trip{200'000};  ///< of a request to the gateway, smoothed
  Instant held_until{};          ///< a 429 said: nothing before this
};

}  // namespace apimall::engine
