// One engine, one I/O thread, one connection pool and one rate budget, for any number of callers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "client/config.hpp"
#include "client/fork_guard.hpp"
#include "client/io_loop.hpp"
#include "client/log_relay.hpp"
#include "client/mailbox.hpp"
#include "client/recipients.hpp"
#include "engine/submission.hpp"
#include "model/result.hpp"

namespace apimall {

/// How long something may take: as the settings say, for ever, or so long.
struct DefaultTimeout {};
struct NoTimeout {};
using Timeout = std::variant<DefaultTimeout, NoTimeout, std::chrono::milliseconds>;

/// All members may be called from any thread. Nothing starts before it is needed: no thread, no connection.
class Client {
 public:
  /// Fails when a setting that is needed is missing.
  static Result<std::shared_ptr<Client>> make(const Config& config);
  ~Client();

  /// Takes a piece of work; its events go to its recipient. Never blocks on the network. An error here means that no
  /// event will come.
  std::optional<Error> submit(engine::Submission&& submission, Timeout timeout);
  void cancel(engine::Recipient recipient, std::uint64_t token);
  /// Submits, and waits for the final event.
  engine::Event call(engine::Submission submission, Timeout timeout);

  /// Registers a queue of events.
  std::optional<Error> open(const std::shared_ptr<EventQueue>& queue, engine::Recipient& recipient);
  /// Ends everything of a recipient with `closed`; its number is not valid any more.
  void close(engine::Recipient recipient);

  /// Ends everything outstanding with `closed` and stops the thread. Not from within a call-back, nor in a forked
  /// child: the thread is the parent's, and what it held locked or half written must not be touched there.
  void close();

  ClientStatistics statistics() const;
  LogRelay& log() { return log_; }
  /// What every call answers in a forked child, or after `close`.
  std::optional<Error> unusable() const;
  bool forked() const noexcept { return fork_guard_.crossed(); }

 private:
  explicit Client(const Config& config);

  std::optional<Error> start();
  void post(Command command);

  const Config config_;
  const ForkGuard fork_guard_;
  LogRelay log_;
  Mailbox mailbox_;
  Recipients recipients_;
  std::atomic<std::uint64_t> outstanding_{0};
  const std::uint64_t most_outstanding_;

  std::mutex lifecycle_mutex_;
  std::atomic<bool> closed_{false};
  std::atomic<IoLoop*> running_{nullptr};
  std::unique_ptr<IoLoop> loop_;
  std::thread thread_;
};

}  // namespace apimall
