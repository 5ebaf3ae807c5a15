#include "engine/engine.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/call_state.hpp"
#include "engine/download_state.hpp"

namespace apimall::engine {
namespace {

/// Of four requests that calls and polls compete for, the polls get one at least.
constexpr std::uint32_t turns_per_poll = 4;

constexpr std::string_view still_running =
    "The task itself may still be running: waiting for it again costs nothing, generating it again costs credits.";

}  // namespace

Engine::Engine(const Settings& settings, Log& log)
    : context_(settings, log), watches_(context_), calls_(context_), downloads_(context_, watches_) {}

void Engine::submit(const Submission& submission, Instant now) {
  const Slot slot = context_.works.add(submission, now);
  Work& work = context_.works[slot];
  switch (submission.kind) {
    case Kind::get:
      work.one_look = true;
      watches_.attach(slot, submission.task_id, now);
      // A get does not sit out a long Retry-After: it looks now, and again each time its patience has run out.
      if (context_.held_until > later(now, patience())) {
        return stop(slot, held_back_error(context_.held_until - now));
      }
      context_.works.timers().set(slot, std::min(work.deadline, later(now, patience())));
      break;
    case Kind::wait:
      watches_.attach(slot, submission.task_id, now);
      break;
    case Kind::download:
      downloads_.add(slot, submission, now);
      break;
    default:
      calls_.add(slot, submission, now);
  }
}

void Engine::cancel(Recipient recipient, std::uint64_t token, Instant /*now*/) {
  const auto may_cancel = [](const Work& work) { return work.kind != Kind::generate || work.stage != Stage::sent; };
  for (;;) {
    const Slot slot = context_.works.find(recipient, token, may_cancel);
    if (slot == no_slot) return;
    stop(slot, Code::cancelled, "Cancelled by the caller.");
  }
}

void Engine::close(Recipient recipient) {
  for (Slot slot; (slot = context_.works.first_of(recipient)) != no_slot;) {
    stop(slot, Code::closed, "The client or poller was closed before an answer came.");
  }
}

void Engine::advance(Instant now) {
  for (Slot slot; (slot = context_.works.timers().pop_due(now)) != no_slot;) timer_fired(slot, now);
}

void Engine::timer_fired(Slot slot, Instant now) {
  const Work& work = context_.works[slot];
  if (now >= work.deadline) return stop(slot, Code::deadline, deadline_message(slot));
  switch (work.stage) {
    case Stage::queued:
      context_.works.timers().set(slot, work.deadline);
      calls_.retry(slot);
      break;
    case Stage::fetching:
      downloads_.retry(slot, now);
      break;
    case Stage::watching:
      if (work.one_look && context_.held_until > now) return stop(slot, held_back_error(context_.held_until - now));
      context_.works.timers().set(slot, std::min(work.deadline, later(now, patience())));
      break;
    case Stage::sent:
      break;
  }
}

Duration Engine::patience() const {
  return std::max<Duration>(context_.settings.retry_timeout, std::chrono::seconds(1));
}

void Engine::stop(Slot slot, Code code, std::string message) {
  Error error;
  error.code = code;
  error.retryable = code == Code::deadline;
  error.message = std::move(message);
  stop(slot, std::move(error));
}

void Engine::stop(Slot slot, Error error) {
  Work& work = context_.works[slot];
  Event event;
  switch (work.stage) {
    case Stage::watching:
      error.task_id = watches_.task_id(work.watch);
      event.task = watches_.last_seen(slot);
      watches_.detach(slot);
      break;
    case Stage::fetching:
      error.task_id = work.download().task_id;
      event.task = work.download().task;
      downloads_.abandon(slot);
      break;
    case Stage::sent:
      if (work.kind == Kind::generate) {
        error.retryable = false;
        error.message +=
            " The request had been sent: look for the task in the history before you generate again, or it"
            " may be charged twice.";
      }
      context_.exchanges.abandon(work.call().exchange);
      break;
    case Stage::queued:
      break;
  }
  event.error = std::make_unique<Error>(std::move(error));
  context_.works.end(slot, std::move(event));
}

std::string Engine::deadline_message(Slot slot) {
  const Work& work = context_.works[slot];
  std::string message = "No answer within the timeout.";
  if (work.stage == Stage::fetching) {
    message = "The files of image task " + work.download().task_id +
              " were not all on disk within the timeout. Download again: what is there already is not fetched twice.";
  } else if (work.stage == Stage::watching) {
    const ImageTaskRef seen = watches_.last_seen(slot);
    message = "Image task " + std::string(watches_.task_id(work.watch)) + " did not end within the timeout; ";
    message += seen ? "it was last seen " + std::string(seen->fields().status_text) + "." : "it was never seen.";
    if (const Error* failure = watches_.last_failure(slot)) message += " The last poll failed: " + failure->message;
    message += " " + std::string(still_running);
  } else if (work.call().last_failure) {
    message += " The last attempt failed: " + work.call().last_failure->message;
  }
  return message;
}

void Engine::responded(ExchangeId id, const wire::Response& response, Instant now) {
  const std::optional<Exchange> exchange = context_.exchanges.close(id);
  if (!exchange) return;
  ++context_.statistics.responses;
  learn_from_headers(*exchange, response, now);
  if (exchange->purpose == Purpose::poll) {
    watches_.answered(exchange->subject, now, parser_.image_task(response, watches_.task_id(exchange->subject)));
    pass_ready_downloads(now);
  } else {
    calls_.answered(exchange->subject, now, response, parser_);
  }
}

void Engine::learn_from_headers(const Exchange& exchange, const wire::Response& response, Instant now) {
  const wire::ResponseHeaders& headers = response.headers;
  if (headers.date_ms) context_.server_clock.sample(now, *headers.date_ms);
  context_.round_trip += (now - exchange.sent_at - context_.round_trip) / 8;

  std::optional<double> per_second;
  if (headers.rate_limit && headers.rate_window && headers.rate_window->count() > 0) {
    per_second = *headers.rate_limit * 1000.0 / static_cast<double>(headers.rate_window->count());
  }
  if (per_second || headers.rate_remaining) {
    context_.rate.observe(now, {.per_second = per_second,
                                .remaining = headers.rate_remaining,
                                .reset_in = headers.rate_reset,
                                .sent_at = exchange.sent_at,
                                .under_way = context_.exchanges.size() - context_.exchanges.count(Purpose::fetch)});
  }

  if (response.status != 429) return context_.rate.accepted(now);
  ++context_.statistics.rate_limited;
  // A generation may be refused for having too many jobs at once, which says nothing about how often to poll.
  if (exchange.purpose == Purpose::call && !headers.retry_after) return;
  context_.rate.throttled(now, headers.retry_after);
  if (!headers.retry_after) return;
  context_.held_until = std::max(context_.held_until, later(now, *headers.retry_after));
  if (context_.log.wants(LogLevel::info)) {
    context_.log.line(LogLevel::info, "the rate limit is reached: nothing is sent for " +
                                          std::to_string(headers.retry_after->count()) + " ms");
  }
  if (context_.held_until > later(now, context_.settings.retry_timeout)) calls_.held_back(context_.held_until - now);
}

void Engine::pass_ready_downloads(Instant now) {
  for (auto& [slot, task] : watches_.take_ready_downloads()) downloads_.task_seen(slot, task, now);
}

void Engine::fetched(ExchangeId id, FetchOutcome outcome, Instant now) {
  if (const auto exchange = context_.exchanges.close(id)) {
    downloads_.fetched(exchange->subject, exchange->file, now, std::move(outcome));
  }
}

void Engine::failed(ExchangeId id, Error error, bool maybe_received, Instant now) {
  const std::optional<Exchange> exchange = context_.exchanges.close(id);
  if (!exchange) return;
  ++context_.statistics.failures;
  switch (exchange->purpose) {
    case Purpose::poll:
      return watches_.failed(exchange->subject, now, std::move(error));
    case Purpose::call:
      return calls_.failed(exchange->subject, now, std::move(error), maybe_received);
    case Purpose::fetch:
      return downloads_.failed(exchange->subject, exchange->file, now, std::move(error));
  }
}

bool Engine::has_room_for_fetch() const {
  // Files take long; half of the places stay free for questions to the gateway.
  return has_room() &&
         context_.exchanges.count(Purpose::fetch) < std::max<std::size_t>(1, context_.settings.max_in_flight / 2);
}

std::optional<Send> Engine::next_send(Instant now) {
  if (has_room_for_fetch()) {
    if (auto fetch = downloads_.next_fetch(now)) return fetch;
  }
  if (!has_room() || context_.rate.ready_at(now) > now) return std::nullopt;
  std::optional<Send> send;
  if (calls_.ready()) {
    if (++turn_ % turns_per_poll == 0) send = watches_.next_poll(now);
    if (!send) {
      context_.rate.take(now);
      send = calls_.next_call(now);
    }
  } else {
    send = watches_.next_poll(now);
  }
  if (send) ++context_.statistics.requests;
  return send;
}

Instant Engine::wake(Instant now) {
  Instant at = context_.works.timers().next();
  if (has_room_for_fetch() && downloads_.ready()) at = now;
  if (has_room()) {
    if (calls_.ready()) at = std::min(at, context_.rate.ready_at(now));
    at = std::min(at, watches_.wake(now));
  }
  return at;
}

}  // namespace apimall::engine
