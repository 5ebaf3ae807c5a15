// What must hold at every step of every history. A rule that does not hold ends the history with a `Violation`.
#pragma once

#include <deque>
#include <optional>
#include <queue>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "callers.hpp"
#include "spare_time.hpp"

namespace apimall::simulation {

struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A request under way, as the transport knows it.
struct Flight {
  enum class What : std::uint8_t { poll, call, fetch };
  What what = What::poll;
  TaskNumber task = 0;  ///< of a poll
  Token token = 0;      ///< of a call or fetch; 0 when the request does not tell
  int file = 0;
  std::uint64_t number = 0;  ///< later ones have higher numbers
  bool answered_by_gateway() const { return what != What::fetch; }
};

class Rules {
 public:
  Rules(const Scenario& scenario, const Gateway& gateway);

  // What happens, each told before the engine learns of it.
  void submitted(const Action& action, Instant now);
  void cancelled(engine::Recipient recipient, Token token);
  void closed(engine::Recipient recipient);
  void answered(const Flight& flight, const Reply& reply, Instant now);

  // What the engine does.
  void sent(Flight& flight, Instant now);
  void abandoned(const Flight& flight);
  void told(const engine::Event& event, Instant now);

  /// After an input and its events: what the input made due has come.
  void paid();
  /// Nothing is left to do at this instant.
  void settled(engine::Engine& engine, std::size_t in_flight, Instant now);
  void ended(engine::Engine& engine, std::size_t in_flight, Instant now);

 private:
  struct Work {
    engine::Kind kind = engine::Kind::wait;
    engine::Recipient recipient = 0;
    TaskNumber task = 0;
    Instant submitted{};
    Instant deadline = engine::never;
    Instant hold{};           ///< of a call: a Retry-After of its own
    std::uint64_t after = 0;  ///< requests sent after it asked have higher numbers
    std::uint32_t in_flight = 0;
    bool live = true;
    bool watching = false;    ///< wants to know about its task
    bool any_answer = false;  ///< content with an answer that is not terminal
    bool answered = false;    ///< of a get or wait: an answer came that ends it
    bool refreshed = false;
    bool maybe_accepted = false;
    bool tells_changes = false;
    bool tells_polls = false;
    bool may_be_cancelled = false;
    bool may_be_closed = false;
  };
  /// What is known of a task while somebody watches it.
  struct Watch {
    std::vector<Token> works;
    bool in_flight = false;
    std::optional<Instant> sent;
    Instant hold{};
    Instant idle_since{};     ///< when the next poll could first have been made
    Duration spare_before{};  ///< spare time until then
    int garbled_in_a_row = 0;
    int last_status = 0;
    std::optional<Instant> told_to_come_back;
  };

  Work& work(Token token, const char* what);
  void watch(Token token, Instant now);
  void unwatch(Token token, Instant now);
  void check_not_starved(TaskNumber task, const Watch& watch, Instant now);
  void check_poll(Flight& flight, Instant now);
  void check_fetch(const Flight& flight, Instant now);
  void check_final(const engine::Event& event, const Work& work, Instant now);
  void check_error(const engine::Event& event, const Work& work, Instant now);
  void poll_answered(const Flight& flight, const Reply& reply, Instant now);
  void fetch_answered(const Flight& flight, const Reply& reply, Instant now);
  void owe(Token token, std::optional<Code> code);

  const Scenario& scenario_;
  const Gateway& gateway_;
  std::deque<Work> works_;  // by token − 1
  std::unordered_map<TaskNumber, Watch> watches_;
  std::size_t live_ = 0;
  std::size_t polls_for_nobody_ = 0;
  std::uint64_t requests_ = 0;
  Instant gateway_hold_{};
  std::optional<TokenBucket> known_limit_;
  SpareTime spare_;
  std::unordered_map<std::uint64_t, Instant> file_holds_;  // by token and file
  struct Debt {
    Token token;
    std::optional<Code> code;
  };
  std::vector<Debt> owed_;
  using Due = std::pair<Instant, Token>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> deadlines_;
};

}  // namespace apimall::simulation
