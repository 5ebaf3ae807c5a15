// What callers' threads hand to the I/O thread, in order. A burst of them lies in small pieces of memory, which go to
// the engine's own tables one after the other as the burst is worked off.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>
#include <variant>

#include "engine/submission.hpp"

namespace apimall {

struct CancelCommand {
  engine::Recipient recipient = 0;
  std::uint64_t token = 0;
};

struct CloseCommand {
  engine::Recipient recipient = 0;
};

using Command = std::variant<engine::Submission, CancelCommand, CloseCommand>;

class Mailbox {
 public:
  enum class Posted : std::uint8_t { first, behind_others, shut };

  /// `first`: the reader may be asleep and wants a wake-up.
  /// A command that is refused stays with the caller.
  Posted post(Command&& command) {
    const std::lock_guard lock(mutex_);
    if (shut_) return Posted::shut;
    commands_.push_back(std::move(command));
    return commands_.size() == 1 ? Posted::first : Posted::behind_others;
  }

  /// Swaps the commands so far into `commands`, which must be empty. False if the box is shut: these are the last.
  bool take(std::deque<Command>& commands) {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
    return !shut_;
  }

  /// Nothing is taken in any more. False if it was shut before.
  bool shut() {
    const std::lock_guard lock(mutex_);
    return !std::exchange(shut_, true);
  }

 private:
  std::mutex mutex_;
  std::deque<Command> commands_;
  bool shut_ = false;
};

}  // namespace apimall
