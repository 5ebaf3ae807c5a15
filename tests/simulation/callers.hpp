// What callers do, and when: they come, wait, fetch, ask again, lose patience and go.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "gateway.hpp"

namespace apimall::simulation {

using Token = std::uint64_t;

/// One call of the engine's interface.
struct Action {
  enum class Kind : std::uint8_t { submit, cancel, close };
  Kind kind = Kind::submit;
  engine::Recipient recipient = 0;
  Token token = 0;
  engine::Submission submission;
  TaskNumber task = 0;   ///< what the submission is about
  std::size_t plan = 0;  ///< what a `generate` asks for
};

class Callers {
 public:
  Callers(const Scenario& scenario, Gateway& gateway);

  /// When somebody does something next; `never` when nobody will.
  Instant next() const { return errands_.empty() ? engine::never : errands_.top().at; }
  /// What is done at `now`, in order.
  std::vector<Action> take_due(Instant now);

  /// A submission has ended: some go on from there.
  void told(const engine::Event& event, Instant now);

  /// All that ever took events; for the end, when everything is closed.
  engine::Recipient recipients() const { return static_cast<engine::Recipient>(closed_.size()); }

 private:
  struct Errand {
    enum class Kind : std::uint8_t { arrive, ask, cancel, close };
    Instant at;
    std::uint64_t number;  ///< of two at the same time, the older one first
    Kind kind;
    engine::Kind what = engine::Kind::wait;
    TaskNumber task = 0;
    std::size_t plan = 0;
    engine::Recipient recipient = 0;
    Token token = 0;
    ImageTaskRef snapshot{};
    bool operator<(const Errand& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  /// What is remembered of a submission to go on from.
  struct Asked {
    engine::Kind kind;
    TaskNumber task;
    bool again;  ///< may be asked again after its deadline
  };

  void add(Errand errand);
  void arrive(std::size_t plan, Instant now, std::vector<Action>& actions);
  void ask(engine::Kind kind, TaskNumber task, std::size_t plan, ImageTaskRef snapshot, Instant now,
           std::vector<Action>& actions);
  std::optional<Duration> draw_timeout();

  const Scenario& scenario_;
  Gateway& gateway_;
  Random random_;
  std::priority_queue<Errand> errands_;
  std::uint64_t errand_count_ = 0;
  std::vector<Asked> asked_;               // by token − 1
  std::vector<bool> closed_;               // by recipient
  std::vector<engine::Recipient> in_use_;  // those that new submissions go to
  TaskNumber unknown_ = 4'000'000'000;     // tasks that the gateway has never heard of
};

}  // namespace apimall::simulation
