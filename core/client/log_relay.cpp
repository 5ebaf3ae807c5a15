#include "client/log_relay.hpp"

#include "client/thread.hpp"

namespace apimall {

LogRelay::~LogRelay() { set_receiver(nullptr, nullptr); }

void LogRelay::set_receiver(Receiver receiver, void* user_data) {
  const std::lock_guard receiver_lock(receiver_mutex_);
  if (thread_.joinable()) {
    active_ = false;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrival_.notify_one();
    thread_.join();
    stopping_ = false;
  }
  if (receiver == nullptr) return;
  thread_ = start_thread([this, receiver, user_data] { deliver(receiver, user_data); });
  active_ = true;
}

void LogRelay::line(LogLevel level, std::string_view text) {
  if (!wants(level)) return;
  std::string shown(text);
  secret_.hide_in(shown);
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    waiting_.emplace_back(level, std::move(shown));
  }
  arrival_.notify_one();
}

void LogRelay::deliver(Receiver receiver, void* user_data) {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrival_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    const auto [level, text] = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    receiver(user_data, static_cast<std::int32_t>(level), text.c_str(), text.size());
    lock.lock();
  }
}

}  // namespace apimall
