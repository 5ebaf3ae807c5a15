// The simulated gateway and the host of its files. What will become of a request is decided when it is sent: the future
// of a history is known to its seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "scenario.hpp"
#include "token_bucket.hpp"

namespace apimall::simulation {

using TaskNumber = std::uint32_t;

/// The gateway's truth about a task.
struct GatewayTask {
  Instant created;
  Instant ended;
  UnixMillis created_ms = 0;  ///< by the gateway's clock of then
  UnixMillis ended_ms = 0;
  std::size_t plan = 0;  ///< the planned task that it is
  int model = 0;
  int files = 1;
  bool fails = false;
};

/// What an answer means to whoever asked.
enum class Meaning : std::uint8_t {
  nothing,   ///< no whole answer came
  running,   ///< about a task that goes on
  terminal,  ///< about a task that has ended
  good,      ///< to a call, or a whole file
  garbled,   ///< no documented answer
  refused,   ///< by HTTP status
};

struct Reply {
  Instant due{};
  Meaning meaning = Meaning::nothing;
  int status = 0;
  std::vector<std::string> headers;
  std::string body;  ///< with wire/'s padding behind it
  std::size_t body_size = 0;
  std::optional<std::chrono::milliseconds> retry_after;  ///< as the client must understand it
  Code broken = Code::ok;                                ///< no answer came: why
  bool maybe_received = true;
  std::optional<engine::FetchOutcome> file;
};

class Gateway {
 public:
  explicit Gateway(const Scenario& scenario);

  TaskNumber create(std::size_t plan, Instant at);
  const GatewayTask& task(TaskNumber number) const { return tasks_[number]; }
  std::size_t task_count() const { return tasks_.size(); }

  static std::string id_of(TaskNumber number);
  /// The task that a request's target or a file's URL names; it need not exist.
  static std::optional<TaskNumber> task_in(std::string_view target);

  Reply poll(std::string_view target, Instant sent);
  Reply fetch(std::string_view url, Instant sent);
  /// `plan` is what the body asks for. To accept makes a task, whether or not the client learns of it.
  Reply generate(std::size_t plan, Instant sent, bool& accepted);
  Reply call(std::string_view body, Instant sent);

  /// The wall clock of the client's machine, which knows nothing of the gateway's.
  std::int64_t client_clock_ms(Instant at) const;

 private:
  std::optional<Fault> fault_at(Instant at);
  bool let_through(Instant at);
  Duration latency();
  UnixMillis clock_ms(Instant at) const;

  Reply start(Instant sent, Instant& heard);
  void answer(Reply& reply, Meaning meaning, int status, std::string_view body, Instant heard);
  void throttle(Reply& reply, Fault how, Instant heard);
  /// True if the fault has made the reply; false if the request is served, perhaps oddly.
  bool spoil(Reply& reply, Fault fault, Instant sent, Instant heard);
  void add_rate_headers(Reply& reply, Instant heard);

  const Scenario& scenario_;
  Random random_;
  std::vector<GatewayTask> tasks_;
  TokenBucket bucket_;
  bool limit_changed_ = false;
};

}  // namespace apimall::simulation
