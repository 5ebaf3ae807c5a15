// Drives the engine through virtual time against a gateway that answers by script: no socket, no clock, no waiting.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/engine.hpp"
#include "wire/response.hpp"

namespace apimall::test {

using namespace std::chrono_literals;
using engine::Duration;
using engine::Instant;

/// An HTTP answer.
struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;
  Duration latency = 20ms;
};

/// No whole answer.
struct Broken {
  Code code = Code::connection_failed;
  bool maybe_received = true;
  bool retryable = true;
  Duration latency = 20ms;
};

/// What the host of a result says.
struct Fetch {
  engine::FetchOutcome outcome;
  Duration latency = 20ms;
};

using Reply = std::variant<Answer, Broken, Fetch>;

/// The documented answer about a task.
std::string task_json(const std::string& id, const std::string& status, int duration_s = 5);
Answer task_answer(const std::string& id, const std::string& status);
Answer error_answer(int status, std::vector<std::string> headers = {}, std::string body = "{\"success\":false}");
Reply file_answer(const std::string& path);

class SilentLog : public Log {
 public:
  bool wants(LogLevel) const override { return false; }
  void line(LogLevel, std::string_view) override {}
};

class VirtualGateway {
 public:
  explicit VirtualGateway(engine::Settings settings = {});

  /// The next replies to requests whose target (or URL) holds `where`, in order; the last one repeats.
  void script(const std::string& where, std::vector<Reply> replies);
  /// Or the reply that fits the time which has elapsed when such a request comes.
  void script(const std::string& where, std::function<Reply(Duration elapsed)> reply);

  std::uint64_t submit(engine::Submission submission);
  std::uint64_t wait(const std::string& id, std::optional<Duration> timeout = std::nullopt);
  std::uint64_t get(const std::string& id);

  void run_for(Duration span);
  /// Until nothing is outstanding, or `limit` has passed.
  void run_to_end(Duration limit = 24h);

  struct Sent {
    Instant at;
    std::string target;
  };
  const std::vector<Sent>& sent() const { return sent_; }
  std::vector<Duration> sent_at(const std::string& where) const;

  std::vector<engine::Event> events;
  /// The final events of a token. There must never be more than one.
  std::vector<const engine::Event*> finals(std::uint64_t token) const;
  const engine::Event& final(std::uint64_t token) const;
  /// When the final event of a token came.
  Duration ended_at(std::uint64_t token) const { return ended_at_.at(token); }

  engine::Engine& engine() { return engine_; }
  Instant now() const { return now_; }
  Duration elapsed() const { return now_ - start; }
  static constexpr Instant start{Duration{1'000'000'000}};

 private:
  struct UnderWay {
    engine::ExchangeId id;
    Reply reply;
  };
  void settle();
  void answer(UnderWay exchange);
  Reply reply_to(const std::string& target);

  SilentLog log_;
  engine::Engine engine_;
  Instant now_ = start;
  std::uint64_t tokens_ = 0;
  std::vector<Sent> sent_;
  std::map<std::string, std::deque<Reply>> scripts_;
  std::map<std::string, std::function<Reply(Duration)>> timed_scripts_;
  std::multimap<Instant, UnderWay> under_way_;
  std::map<std::uint64_t, Duration> ended_at_;
};

}  // namespace apimall::test
