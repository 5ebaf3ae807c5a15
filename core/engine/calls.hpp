// Requests that answer once: generate, history, balances. First come, first served, with retries where a retry is safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "engine/context.hpp"
#include "wire/response.hpp"

namespace apimall::engine {

class Calls {
 public:
  explicit Calls(Context& context) : context_(context) {}

  void add(Slot work, const Submission& submission, Instant now);

  bool ready();
  std::optional<Send> next_call(Instant now);

  void answered(Slot work, Instant now, const wire::Response& response, wire::Parser& parser);
  void failed(Slot work, Instant now, Error error, bool maybe_received);

  /// The work's timer ran out before its deadline: its retry is due.
  void retry(Slot work) { enqueue(work); }

  /// The gateway wants nothing for longer than `retry_timeout`: the calls in the queue end now, and are told when.
  void held_back(Duration left);

 private:
  void enqueue(Slot work);

  Context& context_;
  std::deque<std::pair<Slot, std::uint32_t>> queue_;  // work, turn
  std::uint32_t turn_ = 0;
};

}  // namespace apimall::engine
