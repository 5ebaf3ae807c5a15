// Carries log lines from the I/O thread to the caller's function on a thread of its own, so that no foreign code,
// however slow, runs where requests are sent.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "client/secret.hpp"
#include "model/log.hpp"

namespace apimall {

class LogRelay : public Log {
 public:
  using Receiver = void (*)(void* user_data, std::int32_t level, const char* text, std::size_t size);

  explicit LogRelay(LogLevel level, Secret secret = {}) : level_(level), secret_(std::move(secret)) {}
  ~LogRelay() override;

  /// Null ends the delivery; the lines that wait are delivered first. Not from within the receiver.
  void set_receiver(Receiver receiver, void* user_data);

  bool wants(LogLevel level) const override { return active_.load(std::memory_order_relaxed) && level <= level_; }
  /// Never blocks on the receiver: when a thousand lines wait, the new one is dropped and counted.
  void line(LogLevel level, std::string_view text) override;

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t most_waiting = 1000;

  void deliver(Receiver receiver, void* user_data);

  const LogLevel level_;
  const Secret secret_;
  std::atomic<bool> active_{false};
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable arrival_;
  std::deque<std::pair<LogLevel, std::string>> waiting_;
  bool stopping_ = false;
  std::mutex receiver_mutex_;  // one change of receiver at a time
  std::thread thread_;
};

}  // namespace apimall
