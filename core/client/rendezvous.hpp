// Where a blocking call waits for its one event.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/submission.hpp"

namespace apimall {

/// Lives on the stack of the caller, whose submission carries its address as the token.
class Rendezvous {
 public:
  std::uint64_t token() const { return reinterpret_cast<std::uintptr_t>(this); }
  static Rendezvous& of(std::uint64_t token) {
    return *reinterpret_cast<Rendezvous*>(static_cast<std::uintptr_t>(token));  // NOLINT(performance-no-int-to-ptr)
  }

  void deliver(engine::Event event) {
    // Notified under the lock: once it is free, the waiting side may be gone.
    const std::lock_guard lock(mutex_);
    event_ = std::move(event);
    arrival_.notify_one();
  }

  engine::Event wait() {
    std::unique_lock lock(mutex_);
    arrival_.wait(lock, [this] { return event_.has_value(); });
    return std::move(*event_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrival_;
  std::optional<engine::Event> event_;
};

}  // namespace apimall
