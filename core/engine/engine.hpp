// When to ask what. The engine does no I/O, has no thread and reads no clock: it is a state machine.
//
//   in:   submit, cancel, close        what callers want
//         responded, fetched, failed   what became of a request
//         advance                      what time it is
//   out:  next_send                    "send this now"
//         take_abandoned               "give this request up"
//         wake                         "call advance and next_send again at this instant"
//         take_events                  "this submission has news"
//
// Time never runs backwards from call to call. One request may bring news about many tasks; nothing here assumes
// otherwise but the parser that is called for it. The same code runs behind sockets and in simulations of many hours.
#pragma once

#include <optional>
#include <vector>

#include "engine/calls.hpp"
#include "engine/context.hpp"
#include "engine/downloads.hpp"
#include "engine/submission.hpp"
#include "engine/watches.hpp"
#include "wire/response.hpp"

namespace apimall::engine {

class Engine {
 public:
  Engine(const Settings& settings, Log& log);

  void submit(const Submission& submission, Instant now);
  /// Ends everything of this recipient that has this token, but for a `generate` already sent: its task id must not be
  /// lost.
  void cancel(Recipient recipient, std::uint64_t token, Instant now);
  /// Ends everything of this recipient with `closed`.
  void close(Recipient recipient);

  void advance(Instant now);

  void responded(ExchangeId id, const wire::Response& response, Instant now);
  void fetched(ExchangeId id, FetchOutcome outcome, Instant now);
  /// `maybe_received`: the gateway may have seen the request.
  void failed(ExchangeId id, Error error, bool maybe_received, Instant now);

  std::optional<Send> next_send(Instant now);
  std::vector<ExchangeId> take_abandoned() { return context_.exchanges.take_abandoned(); }
  std::vector<Event> take_events() { return context_.works.take_events(); }
  Instant wake(Instant now);

  std::size_t outstanding() const { return context_.works.size(); }
  std::size_t in_flight() const { return context_.exchanges.size(); }
  const Statistics& statistics() const { return context_.statistics; }
  Scheduler& scheduler() { return context_.scheduler; }

 private:
  void learn_from_headers(const Exchange& exchange, const wire::Response& response, Instant now);
  void pass_ready_downloads(Instant now);
  bool has_room() const { return context_.exchanges.size() < context_.settings.max_in_flight; }
  bool has_room_for_fetch() const;

  void timer_fired(Slot work, Instant now);
  /// How long a get may be held back by a Retry-After without being told.
  Duration patience() const;
  /// Ends a work that nothing else has ended, with what is known of its task.
  void stop(Slot work, Error error);
  void stop(Slot work, Code code, std::string message);
  std::string deadline_message(Slot work);

  Context context_;
  Watches watches_;
  Calls calls_;
  Downloads downloads_;
  wire::Parser parser_;
  std::uint32_t turn_ = 0;
};

}  // namespace apimall::engine
