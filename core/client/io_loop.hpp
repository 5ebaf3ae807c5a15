// The body of the I/O thread: joins the engine, which knows when, and the transport, which knows how.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "client/learned_file.hpp"
#include "client/mailbox.hpp"
#include "client/recipients.hpp"
#include "client/secret.hpp"
#include "engine/engine.hpp"
#include "model/log.hpp"
#include "net/transport.hpp"

namespace apimall {

/// Counters since the client was made.
struct ClientStatistics {
  engine::Statistics engine;
  std::uint64_t bytes_received = 0;
  std::uint64_t connections = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t outstanding = 0;  ///< submissions that have not ended
  std::uint64_t submissions = 0;
  std::uint64_t events_delivered = 0;
  std::uint64_t events_undelivered = 0;  ///< in queues that were not read yet
  std::uint64_t log_lines_dropped = 0;
};

class IoLoop {
 public:
  IoLoop(const engine::Settings& engine_settings, net::TransportSettings transport_settings, std::string learned_path,
         Mailbox& mailbox, Recipients& recipients, std::atomic<std::uint64_t>& outstanding, Log& log);

  /// Runs until the mailbox is shut; then ends everything outstanding with `closed`.
  void run() noexcept;

  /// Makes `run` look at its mailbox. From any thread.
  void wakeup() noexcept { transport_.wakeup(); }

  /// From any thread; as of the last turn of the loop.
  ClientStatistics statistics() const;

 private:
  /// Runs `body`; what it throws is logged.
  template <typename Body>
  void attempt(const char* failure, Body&& body) noexcept;
  bool turn();
  void obey_all(engine::Instant now);
  void obey(const Command& command, engine::Instant now);
  void send_what_is_due(engine::Instant now);
  void take_completions();
  void deliver();
  void publish_statistics();
  void recall();
  void keep_learned();
  void close_everything();
  void close(engine::Recipient recipient);

  const Secret secret_;
  engine::Engine engine_;
  net::Transport transport_;
  const LearnedFile learned_;
  engine::Instant keep_again_{};
  std::uint64_t responses_kept_ = 0;  ///< how many there were when `learned_` was written
  Mailbox& mailbox_;
  Recipients& recipients_;
  std::atomic<std::uint64_t>& outstanding_;
  Log& log_;
  std::deque<Command> commands_;
  std::uint64_t submissions_ = 0;
  std::uint64_t events_delivered_ = 0;

  mutable std::mutex statistics_mutex_;
  ClientStatistics statistics_;
};

}  // namespace apimall
