#include "client/io_loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "client/rendezvous.hpp"
#include "net/origin.hpp"

namespace apimall {
namespace {

/// An idle thread looks around this often at the least, whatever the wake-ups say.
constexpr std::chrono::microseconds longest_sleep = std::chrono::seconds(60);

constexpr std::chrono::minutes keep_every{10};

engine::Instant now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return engine::Instant(std::chrono::duration_cast<engine::Duration>(since));
}

Error error_from(const net::Failure& failure) {
  Error error;
  error.code = failure.code;
  error.message = failure.message;
  error.retryable = failure.retryable;
  return error;
}

std::string description(const engine::Send& send) {
  const std::string number = "request " + std::to_string(send.id) + ": ";
  if (const auto* order = std::get_if<engine::FetchOrder>(&send.what))
    return number + "file " + net::shown_url(order->url);
  const auto& request = std::get<wire::Request>(send.what);
  return number + (request.method == wire::Method::post ? "POST " : "GET ") + request.target;
}

std::string description(engine::ExchangeId id, const wire::Response& response) {
  return "answer " + std::to_string(id) + ": HTTP " + std::to_string(response.status) + ", " +
         std::to_string(response.body.size()) + " bytes";
}

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

IoLoop::IoLoop(const engine::Settings& engine_settings, net::TransportSettings transport_settings,
               std::string learned_path, Mailbox& mailbox, Recipients& recipients,
               std::atomic<std::uint64_t>& outstanding, Log& log)
    : secret_(transport_settings.api_key),
      engine_(engine_settings, log),
      transport_(std::move(transport_settings)),
      learned_(std::move(learned_path), log),
      mailbox_(mailbox),
      recipients_(recipients),
      outstanding_(outstanding),
      log_(log) {}

void IoLoop::run() noexcept {
  attempt("what was learned could not be used: ", [this] { recall(); });
  attempt("the I/O thread stops: ", [this] {
    while (turn()) {
    }
  });
  // Out of memory, most likely, or the mailbox was shut. Nothing may stay unanswered.
  mailbox_.shut();
  attempt("the last commands were not all obeyed: ", [this] { turn(); });
  attempt("closing was cut short: ", [this] { close_everything(); });
  attempt("what was learned could not be kept: ", [this] { keep_learned(); });
}

template <typename Body>
void IoLoop::attempt(const char* failure, Body&& body) noexcept {
  try {
    body();
  } catch (const std::exception& problem) {
    try {
      log_.line(LogLevel::error, std::string(failure) + problem.what());
    } catch (const std::bad_alloc&) {  // there is no memory to tell of it either
    }
  }
}

bool IoLoop::turn() {
  if (!commands_.empty()) obey_all(now());  // what a turn that was cut short has left
  const bool open = mailbox_.take(commands_);
  engine::Instant at = now();
  obey_all(at);
  if (!open) return false;
  engine_.advance(at);
  send_what_is_due(at);
  deliver();
  if (at >= keep_again_) keep_learned();

  at = now();
  const engine::Instant wake = engine_.wake(at);
  const auto sleep = wake <= at ? engine::Duration(0) : std::min<engine::Duration>(wake - at, longest_sleep);
  transport_.run(sleep);
  take_completions();
  return true;
}

void IoLoop::obey_all(engine::Instant at) {
  while (!commands_.empty()) {
    const Command command = std::move(commands_.front());
    commands_.pop_front();
    obey(command, at);
  }
}

void IoLoop::obey(const Command& command, engine::Instant at) {
  std::visit(Overloaded{
                 [&](const engine::Submission& submission) {
                   ++submissions_;
                   engine_.submit(submission, at);
                 },
                 [&](const CancelCommand& cancel) { engine_.cancel(cancel.recipient, cancel.token, at); },
                 [&](const CloseCommand& command_to_close) { close(command_to_close.recipient); },
             },
             command);
}

void IoLoop::send_what_is_due(engine::Instant at) {
  for (const engine::ExchangeId id : engine_.take_abandoned()) transport_.abandon(id);
  while (auto send = engine_.next_send(at)) {
    if (log_.wants(LogLevel::debug)) log_.line(LogLevel::debug, description(*send));
    std::visit(
        Overloaded{
            [&](const wire::Request& request) { transport_.send(send->id, request); },
            [&](const engine::FetchOrder& order) { transport_.fetch(send->id, {order.url, order.folder, order.stem}); },
        },
        send->what);
  }
}

void IoLoop::take_completions() {
  while (auto completion = transport_.next_completion()) {
    const engine::Instant at = now();
    std::visit(Overloaded{
                   [&](const wire::Response& response) {
                     if (log_.wants(LogLevel::debug)) log_.line(LogLevel::debug, description(completion->id, response));
                     engine_.responded(completion->id, response, at);
                   },
                   [&](net::Fetched& fetched) {
                     engine_.fetched(completion->id, {fetched.status, fetched.retry_after, std::move(fetched.file)},
                                     at);
                   },
                   [&](const net::Failure& failure) {
                     if (log_.wants(LogLevel::info)) log_.line(LogLevel::info, "a request failed: " + failure.message);
                     engine_.failed(completion->id, error_from(failure), failure.maybe_received, at);
                   },
               },
               completion->outcome);
  }
}

void IoLoop::deliver() {
  std::vector<engine::Event> events = engine_.take_events();
  const auto is_final = [](const engine::Event& event) { return event.type == engine::EventType::final; };
  outstanding_.fetch_sub(static_cast<std::uint64_t>(std::count_if(events.begin(), events.end(), is_final)),
                         std::memory_order_relaxed);
  events_delivered_ += events.size();
  publish_statistics();  // before the events, so that who reads an event finds it counted

  for (const engine::Event& event : events) {
    if (event.error) secret_.hide_in(*event.error);
  }
  for (auto first = events.begin(); first != events.end();) {
    const engine::Recipient recipient = first->recipient;
    const auto last =
        std::find_if(first, events.end(), [&](const auto& event) { return event.recipient != recipient; });
    if (recipient == blocking_calls) {
      for (auto event = first; event != last; ++event) Rendezvous::of(event->token).deliver(std::move(*event));
    } else {
      recipients_.queue(recipient)->push(std::span(first, last));
    }
    first = last;
  }
}

void IoLoop::publish_statistics() {
  const std::lock_guard lock(statistics_mutex_);
  statistics_.engine = engine_.statistics();
  statistics_.bytes_received = transport_.bytes_received();
  statistics_.connections = transport_.connections_opened();
  statistics_.in_flight = engine_.in_flight();
  statistics_.outstanding = engine_.outstanding();
  statistics_.submissions = submissions_;
  statistics_.events_delivered = events_delivered_;
}

void IoLoop::recall() {
  keep_again_ = now() + keep_every;
  if (!learned_.is_used()) return;
  if (const auto bytes = learned_.read(); bytes && !engine_.scheduler().import_learned(*bytes)) learned_.refuse();
}

void IoLoop::keep_learned() {
  keep_again_ = now() + keep_every;
  const std::uint64_t responses = engine_.statistics().responses;
  if (!learned_.is_used() || std::exchange(responses_kept_, responses) == responses) return;
  learned_.write(engine_.scheduler().export_learned());
}

void IoLoop::close(engine::Recipient recipient) {
  engine_.close(recipient);
  deliver();
  if (recipient == blocking_calls) return;
  recipients_.queue(recipient)->close();
  recipients_.forget(recipient);
}

void IoLoop::close_everything() {
  for (const engine::Recipient recipient : recipients_.all()) close(recipient);
}

ClientStatistics IoLoop::statistics() const {
  const std::lock_guard lock(statistics_mutex_);
  return statistics_;
}

}  // namespace apimall
