#include "gateway.hpp"

#include <charconv>
#include <cstdio>

#include "answers.hpp"
#include "wire/response.hpp"

namespace apimall::simulation {
namespace {

constexpr std::uint64_t stream = 2;
constexpr UnixMillis first_day_ms = 1'773'307'800'000;  // 12 March 2026, 09:30 UTC
constexpr std::string_view id_start = "img_01SIMULATED";
constexpr std::size_t id_digits = 10;
constexpr double undated_share = 0.05;

}  // namespace

Gateway::Gateway(const Scenario& scenario)
    : scenario_(scenario), random_(scenario.seed, stream), bucket_(scenario.limit.per_second, scenario.limit.burst) {}

std::string Gateway::id_of(TaskNumber number) {
  const std::string digits = std::to_string(number);
  return std::string(id_start) + std::string(id_digits - digits.size(), '0') + digits;
}

std::optional<TaskNumber> Gateway::task_in(std::string_view target) {
  const std::size_t at = target.find(id_start);
  if (at == target.npos) return std::nullopt;
  const std::string_view digits = target.substr(at + id_start.size(), id_digits);
  TaskNumber number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

UnixMillis Gateway::clock_ms(Instant at) const {
  UnixMillis time = first_day_ms + at.time_since_epoch().count() / 1000 + scenario_.clock_skew_ms;
  for (const ClockStep& step : scenario_.clock_steps) {
    if (at >= step.at) time += step.by_ms;
  }
  return time;
}

std::int64_t Gateway::client_clock_ms(Instant at) const {
  return first_day_ms + at.time_since_epoch().count() / 1000 + scenario_.client_clock_error_ms;
}

TaskNumber Gateway::create(std::size_t plan, Instant at) {
  GatewayTask task;
  task.plan = plan;
  task.created = at;
  task.ended = at + engine::from_seconds(scenario_.tasks[plan].duration_s);
  task.created_ms = clock_ms(task.created);
  task.ended_ms = clock_ms(task.ended);
  task.model = scenario_.tasks[plan].model;
  task.files = random_.chance(0.8) ? 1 : 2 + static_cast<int>(random_.below(3));
  task.fails = random_.chance(scenario_.failed_share);
  tasks_.push_back(task);
  return static_cast<TaskNumber>(tasks_.size() - 1);
}

Duration Gateway::latency() {
  return engine::from_seconds(
      std::max(0.001, scenario_.latency_s * std::exp(scenario_.latency_width * random_.normal())));
}

std::optional<Fault> Gateway::fault_at(Instant at) {
  for (const Outage& outage : scenario_.outages) {
    if (at >= outage.from && at < outage.to) return outage.kind;
  }
  if (scenario_.fault_share == 0 || !random_.chance(scenario_.fault_share)) return std::nullopt;
  return scenario_.faults[random_.below(scenario_.faults.size())];
}

bool Gateway::let_through(Instant at) {
  if (scenario_.limit.per_second == 0) return true;
  if (!limit_changed_ && at >= scenario_.limit_changes_at) {
    limit_changed_ = true;
    bucket_.set_rate(scenario_.changed_limit.per_second);
  }
  if (bucket_.level(at) < 1) return false;
  bucket_.take();
  return true;
}

Reply Gateway::start(Instant sent, Instant& heard) {
  const Duration took = latency();
  heard = sent + took / 2;
  Reply reply;
  reply.due = sent + took;
  if (took < scenario_.request_timeout) return reply;
  reply.due = sent + scenario_.request_timeout;
  reply.broken = Code::request_timed_out;
  return reply;
}

void Gateway::answer(Reply& reply, Meaning meaning, int status, std::string_view body, Instant heard) {
  reply.meaning = meaning;
  reply.status = status;
  reply.body.assign(body);
  reply.body_size = body.size();
  reply.body.append(wire::body_padding, '\0');
  // A moment told by the gateway's clock is of no use without that clock.
  const bool dated = scenario_.rate_headers == RateHeaders::x_rate_limit || !random_.chance(undated_share);
  if (dated) reply.headers.push_back("Date: " + http_date(clock_ms(heard)));
  add_rate_headers(reply, heard);
}

void Gateway::add_rate_headers(Reply& reply, Instant heard) {
  if (scenario_.rate_headers == RateHeaders::none || scenario_.limit.per_second == 0) return;
  const double left = std::max(bucket_.level(heard), 0.0);
  const int full_in_s = static_cast<int>(std::ceil((bucket_.burst() - left) / bucket_.per_second()));
  char line[96];
  if (scenario_.rate_headers == RateHeaders::ietf) {
    std::snprintf(line, sizeof line, "RateLimit: limit=%.0f, remaining=%.0f, reset=%d", bucket_.burst(),
                  std::floor(left), full_in_s);
    reply.headers.emplace_back(line);
    return;
  }
  std::snprintf(line, sizeof line, "X-RateLimit-Remaining: %.0f", std::floor(left));
  reply.headers.emplace_back(line);
  std::snprintf(line, sizeof line, "X-RateLimit-Reset: %lld",
                static_cast<long long>(clock_ms(heard) / 1000 + full_in_s + 1));
  reply.headers.emplace_back(line);
}

void Gateway::throttle(Reply& reply, Fault how, Instant heard) {
  const bool busy = how == Fault::busy_503;
  answer(reply, Meaning::refused, busy ? 503 : 429, refusal_body, heard);
  if (how == Fault::throttled_plain) return;
  double delay_s = random_.chance(0.9) ? 1 : random_.log_uniform(1, 120);
  if (scenario_.limit.per_second > 0) delay_s = std::max(delay_s, (1 - bucket_.level(heard)) / bucket_.per_second());
  const auto delay = static_cast<std::int64_t>(std::ceil(delay_s));
  if (how == Fault::throttled_date) {
    // Before or after the `Date` that it is relative to.
    std::erase_if(reply.headers, [](const std::string& line) { return line.starts_with("Date:"); });
    const UnixMillis now_ms = clock_ms(heard);
    const auto where = random_.chance(0.5) ? reply.headers.begin() : reply.headers.end();
    reply.headers.insert(where, "Retry-After: " + http_date(now_ms + delay * 1000));
    reply.headers.insert(reply.headers.begin() + (random_.chance(0.5) ? 0 : 1), "Date: " + http_date(now_ms));
  } else {
    reply.headers.push_back("Retry-After: " + std::to_string(delay));
  }
  reply.retry_after = std::chrono::seconds(delay);
}

bool Gateway::spoil(Reply& reply, Fault fault, Instant sent, Instant heard) {
  const auto breaks = [&](Code code, bool maybe_received) {
    reply.broken = code;
    reply.maybe_received = maybe_received;
    return true;
  };
  switch (fault) {
    case Fault::throttled_seconds:
    case Fault::throttled_date:
    case Fault::throttled_plain:
    case Fault::busy_503:
      throttle(reply, fault, heard);
      return true;
    case Fault::error_500:
      answer(reply, Meaning::refused, 500, refusal_body, heard);
      return true;
    case Fault::html_502:
      answer(reply, Meaning::refused, 502, bad_gateway_body, heard);
      return true;
    case Fault::empty_503:
      answer(reply, Meaning::refused, 503, "", heard);
      return true;
    case Fault::timeout_504:
      answer(reply, Meaning::refused, 504, bad_gateway_body, heard);
      return true;
    case Fault::timeout_408:
      answer(reply, Meaning::refused, 408, refusal_body, heard);
      return true;
    case Fault::captive_portal:
      answer(reply, Meaning::garbled, 200, captive_portal_body, heard);
      return true;
    case Fault::never_connected:
      return breaks(Code::connection_failed, false);
    case Fault::reset:
      return breaks(Code::connection_failed, true);
    case Fault::hangs:
      reply.due = sent + scenario_.request_timeout;
      return breaks(Code::request_timed_out, true);
    case Fault::truncated:
    case Fault::wrong_task:
    case Fault::unknown_status:
    case Fault::missing_status:
    case Fault::other_types:
      break;
  }
  return false;
}

Reply Gateway::poll(std::string_view target, Instant sent) {
  Instant heard;
  Reply reply = start(sent, heard);
  if (reply.broken != Code::ok) return reply;
  const std::optional<Fault> fault = fault_at(heard);
  if (fault && spoil(reply, *fault, sent, heard)) return reply;
  if (!let_through(heard)) {
    static constexpr Fault ways[] = {Fault::throttled_seconds, Fault::throttled_date, Fault::throttled_plain};
    throttle(reply, random_.one_of(ways), heard);
    return reply;
  }
  const std::optional<TaskNumber> number = task_in(target);
  if (!number || *number >= tasks_.size()) {
    answer(reply, Meaning::refused, 404, refusal_body, heard);
    return reply;
  }
  const GatewayTask& task = tasks_[*number];
  const bool ended = heard >= task.ended;
  const std::string id = id_of(fault == Fault::wrong_task ? *number + 1 : *number);
  TaskText text;
  text.id = id;
  text.model = scenario_.models[static_cast<std::size_t>(task.model)].name;
  text.status = ended                                                    ? (task.fails ? "failed" : "completed")
                : heard - task.created < (task.ended - task.created) / 4 ? "pending"
                                                                         : "processing";
  text.created_ms = task.created_ms;
  text.ended_ms = ended ? task.ended_ms : 0;
  text.files = task.files;
  if (fault == Fault::unknown_status) text.status = "marinating";
  text.without_status = fault == Fault::missing_status;
  text.other_types = fault == Fault::other_types;
  std::string body;
  body.reserve(768);
  write_task(body, text);
  if (fault == Fault::truncated) body.resize(random_.below(body.size()));
  const bool garbled = fault == Fault::truncated || fault == Fault::wrong_task || fault == Fault::missing_status;
  const bool terminal = ended && fault != Fault::unknown_status;
  answer(reply, garbled ? Meaning::garbled : terminal ? Meaning::terminal : Meaning::running, 200, body, heard);
  return reply;
}

Reply Gateway::generate(std::size_t plan, Instant sent, bool& accepted) {
  Instant heard;
  Reply reply = start(sent, heard);
  const std::optional<Fault> fault = fault_at(heard);
  const bool lost = reply.broken != Code::ok || (fault && spoil(reply, *fault, sent, heard));
  if (lost) {
    // An answer that says nothing certain: the picture may be under way all the same.
    const bool unclear = reply.status != 429 && (reply.broken == Code::ok || reply.maybe_received);
    accepted = unclear && reply.meaning != Meaning::garbled && random_.chance(0.5);
    if (accepted) create(plan, heard);
    return reply;
  }
  if (!let_through(heard)) {
    throttle(reply, random_.chance(0.5) ? Fault::throttled_seconds : Fault::throttled_plain, heard);
    return reply;
  }
  accepted = true;
  std::string body = generation_body(id_of(create(plan, heard)));
  if (fault == Fault::truncated) body.resize(random_.below(body.size()));
  answer(reply, fault == Fault::truncated ? Meaning::garbled : Meaning::good, 200, body, heard);
  return reply;
}

Reply Gateway::call(std::string_view body, Instant sent) {
  Instant heard;
  Reply reply = start(sent, heard);
  if (reply.broken != Code::ok) return reply;
  const std::optional<Fault> fault = fault_at(heard);
  if (fault && spoil(reply, *fault, sent, heard)) return reply;
  if (!let_through(heard)) {
    throttle(reply, Fault::throttled_seconds, heard);
  } else {
    answer(reply, Meaning::good, 200, body, heard);
  }
  return reply;
}

Reply Gateway::fetch(std::string_view url, Instant sent) {
  Reply reply;
  reply.due = sent + engine::from_seconds(random_.log_uniform(0.05, 3));
  engine::FetchOutcome outcome;
  outcome.status = 200;
  if (random_.chance(scenario_.fetch_fault_share)) {
    static constexpr int statuses[] = {403, 404, 410, 429, 500, 503};
    if (random_.chance(0.3)) {
      reply.broken = Code::connection_failed;
      return reply;
    }
    outcome.status = random_.one_of(statuses);
    if (outcome.status == 429 || outcome.status == 503) reply.retry_after = std::chrono::seconds(1 + random_.below(20));
    outcome.retry_after = reply.retry_after;
    reply.meaning = Meaning::refused;
    reply.status = outcome.status;
  } else {
    outcome.file = DownloadedFile{"picture.webp", std::string(url), "image/webp", 1000};
    reply.meaning = Meaning::good;
  }
  reply.file = std::move(outcome);
  return reply;
}

}  // namespace apimall::simulation
