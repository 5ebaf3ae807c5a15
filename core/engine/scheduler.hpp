// When to poll: which task to ask about next, and at what time.
//
// The problem. A task of unknown duration T runs at the gateway; nothing is known of it but the answers to polls.
// Polling rarely finds the end late, polling often costs requests, and requests are limited for all tasks together. Two
// figures are weighed against each other by one *price* c, in seconds of delay that one request may cost: minimise
//     E[delay] + c · E[requests].
//
// One task. With S(x) = P(T > x), polls at ages x1 < x2 < … cost E[requests] = Σ S(x_k) and E[delay] = Σ (x_{k+1} −
// x_k)·S(x_k) − E[T] (Barlow, Hunter and Proschan 1963). The best ages for any S come from a dynamic programme that a
// convex hull solves in one pass over a grid of ages: schedule/plan.hpp. S is learned per model from the answers
// themselves, pending ones included, in logarithmic bins of age, by smoothed hazards with a weak prior; a run of
// surprises makes it forget: schedule/learner.hpp, survival.hpp, evidence.hpp, age_grid.hpp. A model's plan changes
// after a tenth more evidence.
//
// Two clocks. Much of T may be time in the gateway's queue, which the fleet shares and which comes and goes. A task
// that is known to be processed goes by the time since that began, with a survival function of its own.
//
// A fleet. Under one limit of requests per second each task would pay the same price for a request, if the limit were
// met on average (Whittle's relaxation). So a task's urgency is the price at which its plan would poll it *right now*:
// it rises as the task waits. Whenever the budget allows a request, the most urgent task gets it; nothing is sent for
// less than the floor price c. Prices are rounded down to a ladder c·2^rung. Each rung has a queue
// (schedule/rung_queues.hpp); a heap holds for each task the moment at which it climbs to its next rung
// (schedule/due_heap.hpp). After an answer a task skips the rungs that are not being served and waits for the one below
// the last that was. With requests to spare, this simply polls each task when its plan at the floor price says.
//
// A burst of models never seen. Plans change with each answer then, and what one task teaches serves all others of its
// model. So as long as a model is young, plans are renewed more often, a queued task is held to the newest one before
// it is polled, and if many tasks are under watch a poll is worth four times the price.
//
// Promises.
// - Two polls of a task lie at least 0.2 s and one measured round trip apart, whatever is asked for.
// - `wake` names a time at which `pick` has something to do, or at which the times of some tasks were looked at again
//   and moved on; it never names a time that has come unless `pick` then returns a task. So a caller that sleeps until
//   `wake` and then picks until `no_task` neither spins nor oversleeps.
// - No starvation. With requests to spare, no task waits longer than five minutes between polls. Without, a task still
//   rises one rung at least every five minutes and reaches the top, which is served first come first served, within 80
//   minutes.
// - Clocks may be wrong: `born` after `now` counts as now, and time that runs backwards stands still.
//
// Cost: a few heap operations per poll, 60 bytes per task, 1.5 KB per model remembered (twice that if its tasks were
// seen being processed) and about 1 KB per rung in use of one with tasks under watch. Nothing costs O(tasks). No
// threads, no clock, no random numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/clock.hpp"
#include "engine/rate_budget.hpp"

namespace apimall::engine {

/// A model whose durations are learned together. Small dense integers, from `Scheduler::model`.
using ModelId = std::uint32_t;

/// A task under watch. Small dense integers, reused after `remove` and `done`.
using TaskSlot = std::uint32_t;
inline constexpr TaskSlot no_task = UINT32_MAX;

enum class Priority : std::uint8_t { interactive, batch };

/// Decides which task to ask about next, and when. Knows neither ids nor requests: the engine maps slots to both.
/// Calls about a slot that is not under watch are ignored.
class Scheduler {
 public:
  struct Settings {
    double price_s = 0.25;          ///< seconds of delay that one request may save
    double remembered_tasks = 200;  ///< per model: about how many finished tasks its durations are learned from
  };

  Scheduler(const Settings& settings, RateBudget& rate);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// The id of a model's name; makes one at first sight. The empty name is "not known yet" and pools all models. Ask
  /// again for each task: of more than a thousand models, those out of use give up their ids.
  ModelId model(std::string_view name);

  /// Starts to watch a task that began at `born` (may lie before `now`). A task whose model is not known yet is due at
  /// once. `no_task` beyond 67 million tasks.
  TaskSlot add(ModelId model, Priority priority, Instant born, Instant now);

  /// What the first answer told about the task: which model, and when it really began.
  void identify(TaskSlot task, ModelId model, Instant born, Instant now);

  void set_priority(TaskSlot task, Priority priority, Instant now);

  /// The task must be polled at `at` at the latest (a deadline near, a caller who asks now); `never` lifts it. Stays
  /// until the next answer of `pending`. The rate budget and the least distance between polls still hold.
  void poll_by(TaskSlot task, Instant at, Instant now);

  /// Stops to watch. Allowed at any time, also while a poll of the task is in flight.
  void remove(TaskSlot task);

  /// When `pick` is worth calling next; `never` if nothing is due until something else happens.
  Instant wake(Instant now);

  /// The task to poll now, or `no_task`. Takes one request from the rate budget; the task is in flight until one of the
  /// four answers below.
  TaskSlot pick(Instant now);

  /// Not ended yet. Also taken from another source than a poll, for a task that is not in flight. `began` if the
  /// answer says that the task is being processed: since when, as far as that is told.
  void pending(TaskSlot task, Instant now, std::optional<Instant> began = std::nullopt);
  /// Ends the watch. `duration` as the gateway's own timestamps tell it, if they do. As `pending`, from any source.
  void done(TaskSlot task, Instant now, std::optional<Duration> duration);
  /// The gateway said 429 to this poll. (The budget is told by the engine, once, whoever was refused.)
  void throttled(TaskSlot task, Instant now);
  /// The poll failed and taught nothing; ask again, not before `not_before`.
  void unanswered(TaskSlot task, Instant now, Instant not_before);

  std::size_t size() const;

  /// What has been learned of all models, some hundred bytes each, for a later process; without the second clocks,
  /// which a few tasks set going.
  std::string export_learned() const;

  /// Takes over what `export_learned` told, for models of which nothing has been learned here. False, and nothing
  /// changed, if the bytes are not what some version of `export_learned` wrote.
  bool import_learned(std::string_view bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apimall::engine
