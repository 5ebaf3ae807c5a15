#include "engine/calls.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/call_state.hpp"

namespace apimall::engine {
namespace {

wire::Request request_for(const Submission& submission) {
  switch (submission.kind) {
    case Kind::generate:
      return wire::generate_request(submission.more->body);
    case Kind::history:
      return wire::history_request(submission.more->page, submission.more->page_size);
    default:
      return wire::balances_request();
  }
}

/// A second `generate` may charge twice, and no idempotency key is documented: only what surely was not accepted is
/// asked again.
bool may_ask_again(Kind kind, const Error& error, bool maybe_received) {
  if (kind != Kind::generate) return error.retryable && error.code != Code::protocol;
  return error.code == Code::rate_limited || (error.retryable && !maybe_received);
}

}  // namespace

void Calls::add(Slot slot, const Submission& submission, Instant now) {
  Work& work = context_.works[slot];
  auto call = std::make_unique<CallState>();
  call->request = request_for(submission);
  work.state = std::move(call);
  enqueue(slot);
  if (context_.held_until > later(now, context_.settings.retry_timeout)) held_back(context_.held_until - now);
}

void Calls::enqueue(Slot slot) {
  Work& work = context_.works[slot];
  work.stage = Stage::queued;
  work.call().turn = ++turn_;
  queue_.emplace_back(slot, turn_);
}

bool Calls::ready() {
  while (!queue_.empty()) {
    const auto [slot, turn] = queue_.front();
    const Work& work = context_.works[slot];
    if (work.stage == Stage::queued && work.call().turn == turn) return true;
    queue_.pop_front();  // cancelled, or past its deadline
  }
  return false;
}

std::optional<Send> Calls::next_call(Instant now) {
  if (!ready()) return std::nullopt;
  const Slot slot = queue_.front().first;
  queue_.pop_front();
  Work& work = context_.works[slot];
  work.stage = Stage::sent;
  work.call().exchange = context_.exchanges.open(Purpose::call, slot, 0, now);
  if (work.call().failures > 0) ++context_.statistics.retries;
  return Send{work.call().exchange, work.call().request};
}

void Calls::answered(Slot slot, Instant now, const wire::Response& response, wire::Parser& parser) {
  Event event;
  const auto take = [&](auto answer) {
    if (!answer) return failed(slot, now, std::move(answer.error()), true);
    event.answer = std::make_unique<std::decay_t<decltype(*answer)>>(std::move(*answer));
    context_.works.end(slot, std::move(event));
  };
  switch (context_.works[slot].kind) {
    case Kind::generate:
      return take(parser.generation(response));
    case Kind::history:
      return take(parser.history(response));
    default:
      return take(parser.balances(response));
  }
}

void Calls::failed(Slot slot, Instant now, Error error, bool maybe_received) {
  Work& work = context_.works[slot];
  work.call().exchange = no_exchange;
  ++work.call().failures;
  if (work.retry_until == never) work.retry_until = later(now, context_.settings.retry_timeout);
  const Instant again_at = later(now, context_.backoff.after(work.call().failures, error));
  if (may_ask_again(work.kind, error, maybe_received) && again_at <= work.retry_until && again_at <= work.deadline) {
    work.call().last_failure = std::make_unique<Error>(std::move(error));
    work.stage = Stage::queued;
    work.call().turn = 0;  // no place in the queue until the timer says so
    context_.works.timers().set(slot, std::min(again_at, work.deadline));
    return;
  }
  const bool unclear = work.kind == Kind::generate && maybe_received &&
                       (error.http_status == 0 || error.http_status >= 500 || error.code == Code::protocol);
  if (unclear) {
    error.retryable = false;
    error.message +=
        " The gateway may have accepted this generation all the same: look for it in the history before"
        " you generate again, or it may be charged twice.";
  }
  Event event;
  event.error = std::make_unique<Error>(std::move(error));
  context_.works.end(slot, std::move(event));
}

void Calls::held_back(Duration left) {
  while (ready()) {
    const Slot slot = queue_.front().first;
    queue_.pop_front();
    Event event;
    event.error = std::make_unique<Error>(held_back_error(left));
    context_.works.end(slot, std::move(event));
  }
}

}  // namespace apimall::engine
