// Whose events go where: recipient 0 is the blocking calls, each other one a poller's queue.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "client/event_queue.hpp"
#include "engine/submission.hpp"

namespace apimall {

inline constexpr engine::Recipient blocking_calls = 0;

class Recipients {
 public:
  engine::Recipient open(std::shared_ptr<EventQueue> queue) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      if (queues_[i]) continue;
      queues_[i] = std::move(queue);
      return static_cast<engine::Recipient>(i + 1);
    }
    queues_.push_back(std::move(queue));
    return static_cast<engine::Recipient>(queues_.size());
  }

  /// The number may be given out again; call when the engine holds nothing of it any more.
  void forget(engine::Recipient recipient) {
    const std::lock_guard lock(mutex_);
    queues_[recipient - 1].reset();
  }

  std::shared_ptr<EventQueue> queue(engine::Recipient recipient) const {
    const std::lock_guard lock(mutex_);
    return queues_[recipient - 1];
  }

  std::size_t events_waiting() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& queue : queues_) count += queue ? queue->size() : 0;
    return count;
  }

  std::vector<engine::Recipient> all() const {
    const std::lock_guard lock(mutex_);
    std::vector<engine::Recipient> open{blocking_calls};
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      if (queues_[i]) open.push_back(static_cast<engine::Recipient>(i + 1));
    }
    return open;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<EventQueue>> queues_;
};

}  // namespace apimall
