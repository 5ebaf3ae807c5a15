// Where a poller's events wait to be read: blocking, in batches, by watching a handle, or after a call-back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "client/wake_handle.hpp"
#include "engine/submission.hpp"

namespace apimall {

class EventQueue {
 public:
  using Notify = void (*)(void* user_data);

  /// Adds events, moving them out of `events`. Never blocks on a reader.
  void push(std::span<engine::Event> events);

  /// What `next` found.
  enum class State : std::uint8_t { open, closed };

  /// Moves up to `out.size()` events to `out` and says how many. Waits for the first one until `timeout` has passed
  /// (none: for as long as it takes), unless `wakeup` or `close` ends the wait. `closed` once all has been read and
  /// nothing can come.
  State next(std::span<engine::Event> out, std::optional<std::chrono::milliseconds> timeout, std::size_t& count);

  /// Made at first use. Readable while `next` would return something at once.
  std::intptr_t handle();

  /// Called on the empty → non-empty edge, on the thread that pushes, and at once if it is not empty now. When this
  /// returns, the former call-back does not run any more (unless it is the one that calls).
  void set_notify(Notify notify, void* user_data);

  /// Makes a `next` that has nothing to take, running or to come, return early.
  void wakeup();

  /// How many events wait to be read.
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return events_.size();
  }

  /// No more events will be pushed.
  void close();

 private:
  bool readable() const { return !events_.empty() || woken_ || closed_; }
  void signal_handle();

  std::mutex mutex_;
  std::condition_variable arrival_;
  std::deque<engine::Event> events_;
  std::unique_ptr<WakeHandle> handle_;
  bool woken_ = false;
  bool closed_ = false;

  std::recursive_mutex notify_mutex_;
  Notify notify_ = nullptr;
  void* notify_data_ = nullptr;
};

}  // namespace apimall
