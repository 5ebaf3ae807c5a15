// One history: the engine that ships, the simulated gateway and the callers, moved through virtual time from event to
// event.
#pragma once

#include <cstdio>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "callers.hpp"
#include "gateway.hpp"
#include "rules.hpp"

namespace apimall::simulation {

/// What became of one task.
struct TaskResult {
  std::string model;
  double submit_s = 0;
  double completion_s = 0;
  double told_s = -1;  ///< when the first caller knew; below zero: none did
  double delay_s = -1;
  std::uint32_t polls = 0;
  std::uint32_t rate_limited = 0;
};

struct History {
  std::vector<TaskResult> tasks;
  engine::Statistics statistics;
  std::uint64_t submissions = 0;
  std::uint64_t steps = 0;
  std::uint64_t idle_steps = 0;  ///< woken for nothing
  double virtual_s = 0;
};

class Simulation {
 public:
  /// Tells each request and event to `log`, if there is one.
  explicit Simulation(const Scenario& scenario, std::FILE* log = nullptr);

  /// Runs to the end. Throws `Violation`; `elapsed_s` then tells when.
  History run();
  double elapsed_s() const { return engine::seconds(now_ - beginning); }

 private:
  struct UnderWay {
    Flight flight;
    Reply reply;
    bool abandoned = false;
  };
  struct Arrival {
    Instant at;
    engine::ExchangeId id;
    std::uint64_t number;
    bool operator<(const Arrival& other) const { return at != other.at ? at > other.at : number > other.number; }
  };
  struct Asked {
    Instant first = engine::never;
    Instant told = engine::never;
    std::uint32_t polls = 0;
    std::uint32_t rate_limited = 0;
  };

  void act(Action action);
  void deliver(engine::ExchangeId id);
  void send(engine::Send send);
  void hear();
  void settle();
  void close_everything();
  Instant next_instant(Instant wake) const;
  Asked& asked_about(TaskNumber task);
  History history() const;
  void log(const std::string& line) const;

  const Scenario& scenario_;
  std::FILE* log_;
  Gateway gateway_;
  Callers callers_;
  Rules rules_;
  engine::Engine engine_;
  Random random_;
  Instant now_ = beginning;
  std::unordered_map<engine::ExchangeId, UnderWay> under_way_;
  std::size_t in_flight_ = 0;
  std::priority_queue<Arrival> arrivals_;
  std::uint64_t sent_ = 0;
  std::unordered_map<std::uint64_t, Token> tokens_of_plans_;
  std::vector<std::size_t> plans_;  // of the submissions, by token − 1
  std::vector<TaskNumber> tasks_;   // of the submissions, by token − 1
  std::vector<bool> accepted_;      // `generate` submissions, by token − 1
  std::vector<Asked> asked_;        // by task number
  bool closed_ = false;
  std::uint64_t done_ = 0;  // requests, events and answers so far
  std::uint64_t steps_ = 0;
  std::uint64_t idle_steps_ = 0;
};

}  // namespace apimall::simulation
