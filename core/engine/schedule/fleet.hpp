// The tasks under watch, and the ladder that they climb: scheduler.hpp tells what for, this file and fleet.cpp how.
//
// A task is waiting (only in the heap, until the time of a rung comes), queued (in its rung's queue, and in the heap
// until it climbs on) or in flight (in neither).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "engine/rate_budget.hpp"
#include "engine/schedule/due_heap.hpp"
#include "engine/schedule/model_table.hpp"
#include "engine/schedule/round_trip.hpp"
#include "engine/schedule/rung_queues.hpp"
#include "engine/schedule/watched_task.hpp"

namespace apimall::engine::schedule {

using TaskSlot = std::uint32_t;
inline constexpr TaskSlot kNoTask = UINT32_MAX;

/// A position on the axis of ages since the birth, as one since the beginning of processing.
inline double since_began(const WatchedTask& task, double position) {
  return position_of(age_at(position) - static_cast<double>(task.began_s));
}

/// Above all rungs: a poll that was asked for by a time which has come.
inline constexpr int kUrgent = kRungs;

struct Fleet {
  Fleet(double floor_price_s, double remembered_tasks, RateBudget& rate_budget)
      : rate(rate_budget), models(floor_price_s, remembered_tasks) {}

  /// Time never runs backwards here, whatever the caller's clock does. The first time seen is tick 0.
  Instant at(Instant now);

  WatchedTask* find(TaskSlot slot);

  /// The heap counts whole ticks, rounded up: a time that has come by the heap has come.
  std::uint64_t tick_of(Instant when) const;
  Instant instant_of(std::uint64_t tick) const;

  /// `kNoTask` when there are too many.
  TaskSlot new_slot();

  /// Whether the task goes by the time since its processing began: what others of its model took from there on is
  /// known.
  bool by_second_clock(const WatchedTask& task);
  ModelSchedule& schedule_of(const WatchedTask& task);

  /// When the plan of a rung polls the task next. A task of which nothing is known, not even the model, is due at once.
  Instant due_at(const WatchedTask& task, int rung);

  /// When the task wants attention next: at that time, or when it was asked for, but never too soon after its last
  /// poll.
  void set_time(TaskSlot slot, WatchedTask& task, Instant when);

  /// Lets a task wait for the lowest rung that is of interest.
  void wait_for_rung(TaskSlot slot, WatchedTask& task);

  /// The task may be polled, for the price of a rung.
  void enqueue(TaskSlot slot, WatchedTask& task, int rung);

  /// A task's time has come: it climbs as far as its plans say, unless they have changed and it has to wait on.
  void climb(TaskSlot slot, Instant now);

  void climb_all_due(Instant now);

  /// The rung that a task waits for after an answer: those below are not being served.
  int first_rung() const;

  /// Times in the heap come from the plans and the rungs of their day. The next few tasks, in turn, are brought up to
  /// date: so a fleet follows its plans without ever stopping to look at all of it.
  void refresh(std::size_t count);

  /// Requests could be sent, and no task is worth one at the rungs that tasks wait for. So the price has fallen: look
  /// lower. Only every so often, so that what `wake` says at an instant and what `pick` does there agree.
  void look_lower(Instant now);
  bool may_look_lower() const { return top_rung > 0 || outdated > 0; }

  /// A queued task was due by the plan of its day. In a burst of unknown models nearly all tasks are queued by guesses,
  /// and after a few answers most of these polls would be wasted. So as long as a model is young, a task about to be
  /// polled is held to the newest plan, and gives way if that would rather wait.
  void weigh_heads(Instant now);

  /// Puts all tasks that may be polled now into the queues, the one to poll first at the head of the highest.
  void fill_queues(Instant now);

  /// Takes a task out of queue, heap and flight.
  void stop(TaskSlot slot, WatchedTask& task);

  /// Ends the watch; the slot is free again.
  void forget(TaskSlot slot, WatchedTask& task);

  /// The latest moment at which an answer that comes now says that the task was still pending.
  Instant seen_at(const WatchedTask& task, Instant now) const;

  void set_interactive(TaskSlot slot, WatchedTask& task, bool interactive);

  /// A poll has come back: what it tells of round trips, and when the next may go.
  void landed(WatchedTask& task, Instant now, bool answered);

  /// Makes new plans where there is enough news, after an answer about the task.
  void learn(const WatchedTask& task, Instant now);

  RateBudget& rate;
  ModelTable models;
  DueHeap due;
  RungQueues queues;
  RoundTrip round_trip;
  std::deque<WatchedTask> tasks;  // a vector would need room for twice as many while it grows
  std::vector<TaskSlot> free_slots;
  std::size_t watched = 0;
  TaskSlot refreshed = 0;               ///< the last one brought up to date
  std::size_t outdated = 0;             ///< how many from there on may not be
  Instant look_again = Instant::min();  ///< when that may be done next without a request to send
  int top_rung = 0;                     ///< follows the rung being served
  Instant origin = never;
  Instant clock{};
};

}  // namespace apimall::engine::schedule
