#include "engine/scheduler.hpp"

#include <algorithm>
#include <vector>

#include "engine/schedule/due_heap.hpp"
#include "engine/schedule/learned_format.hpp"
#include "engine/schedule/model_table.hpp"
#include "engine/schedule/round_trip.hpp"
#include "engine/schedule/rung_queues.hpp"
#include "engine/schedule/watched_task.hpp"

namespace apimall::engine {

using schedule::kRungs;
using schedule::kPool;
using schedule::Stage;
using schedule::WatchedTask;

namespace {

constexpr int kUrgent = kRungs;        // above all rungs: a poll that was asked for by a time which has come
constexpr int kRungsSkipped = 3;       // a task waits for the rung this far below the one being served
constexpr std::size_t kFewTasks = 8;   // up to here plans are renewed at once, beyond at most once a second
constexpr std::size_t kRefreshedIdle = 64;  // tasks brought up to date at once when there is nothing to send,
constexpr Duration kRefreshPause = std::chrono::milliseconds{10};  // and how often
constexpr Duration kTick = std::chrono::milliseconds{1};
constexpr Instant kEndOfTime{Duration::max() / 4};  // so that sums of times cannot overflow
constexpr Duration kMonth = std::chrono::hours{24 * 30};

double sane_price(double price_s) { return price_s >= 1e-3 ? std::min(price_s, 1e4) : 1e-3; }
double sane_window(double tasks) { return tasks >= 5 ? std::min(tasks, 1e4) : 5; }

int queue_of(const WatchedTask& task) { return 2 * task.rung + (task.interactive ? 1 : 0); }

}  // namespace

struct Scheduler::Impl {
  Impl(const Settings& settings, RateBudget& rate_budget)
      : rate(rate_budget), models(sane_price(settings.price_s), sane_window(settings.remembered_tasks)) {}

  /// Time never runs backwards here, whatever the caller's clock does. The first time seen is tick 0.
  Instant at(Instant now) {
    clock = std::max(clock, std::min(now, kEndOfTime));
    if (origin == never) origin = clock;
    return clock;
  }

  WatchedTask* find(TaskSlot slot) {
    return slot < tasks.size() && tasks[slot].stage != Stage::absent ? &tasks[slot] : nullptr;
  }

  /// The heap counts whole ticks, rounded up: a time that has come by the heap has come.
  std::uint64_t tick_of(Instant when) const {
    if (when <= origin) return 0;
    const Duration since = when - origin;
    return static_cast<std::uint64_t>(since / kTick) + (since % kTick != Duration::zero() ? 1 : 0);
  }
  Instant instant_of(std::uint64_t tick) const { return later(origin, kTick * static_cast<std::int64_t>(tick)); }

  TaskSlot new_slot() {
    if (!free_slots.empty()) {
      const TaskSlot slot = free_slots.back();
      free_slots.pop_back();
      return slot;
    }
    if (tasks.size() >= schedule::DueHeap::kMostTasks) return no_task;
    tasks.emplace_back();
    return static_cast<TaskSlot>(tasks.size() - 1);
  }

  /// When the plan of a rung polls the task next. A task of which nothing is known, not even the model, is due at once.
  Instant due_at(const WatchedTask& task, int rung) {
    if (task.model == kPool && task.seen_pending == 0) return task.moment;
    const double age = models[task.model].next_age(rung, static_cast<double>(task.seen_pending));
    return std::max(task.moment, task.born + from_seconds(age));
  }

  void set_time(TaskSlot slot, WatchedTask& task, Instant when) {
    when = std::min(when, std::max(task.poll_by, task.moment));
    task.epoch = models[task.model].epoch();
    if (when == never) {
      due.erase(slot);
    } else {
      due.set(slot, tick_of(when));
    }
  }

  /// Lets a task wait for the lowest rung that is of interest.
  void wait_for_rung(TaskSlot slot, WatchedTask& task) {
    task.stage = Stage::waiting;
    task.rung = static_cast<std::uint8_t>(first_rung());
    set_time(slot, task, due_at(task, task.rung));
  }

  void enqueue(TaskSlot slot, WatchedTask& task, int rung) {
    if (task.stage == Stage::queued) queues.erase(queue_of(task), slot);
    task.stage = Stage::queued;
    task.rung = static_cast<std::uint8_t>(rung);
    queues.push(queue_of(task), slot);
  }

  /// A task's time has come: it climbs as far as its plans say, unless they have changed and it has to wait on.
  void climb(TaskSlot slot, Instant now) {
    WatchedTask& task = tasks[slot];
    if (task.poll_by <= now) {
      enqueue(slot, task, kUrgent);
      due.erase(slot);
      return;
    }
    int rung = task.stage == Stage::queued ? task.rung + 1 : task.rung;
    // The time in the heap was that rung's; only a new plan can have put it off.
    Instant when = task.epoch == models[task.model].epoch() ? now : due_at(task, rung);
    if (when <= now) {
      do {
        ++rung;
        when = rung < kRungs ? due_at(task, rung) : never;
      } while (when <= now);
      enqueue(slot, task, rung - 1);
    }
    set_time(slot, task, when);
  }

  void climb_all_due(Instant now) {
    const auto tick = static_cast<std::uint64_t>((now - origin) / kTick);
    while (!due.empty() && due.first_time() <= tick) climb(due.first_task(), now);
  }

  int first_rung() const { return std::max(0, top_rung - kRungsSkipped); }

  /// Times in the heap come from the plans and the rungs of their day. The next few tasks, in turn, are brought up to date:
  /// so a fleet follows its plans without ever stopping to look at all of it.
  void refresh(std::size_t count) {
    for (; count > 0 && outdated > 0; --count, --outdated) {
      if (++refreshed >= tasks.size()) refreshed = 0;
      WatchedTask& task = tasks[refreshed];
      if (task.stage != Stage::waiting) continue;
      if (task.rung > first_rung() || task.epoch != models[task.model].epoch()) wait_for_rung(refreshed, task);
    }
  }

  /// Requests could be sent, and no task is worth one at the rungs that tasks wait for. So the price has fallen: look lower.
  /// Only every so often, so that what `wake` says at an instant and what `pick` does there agree.
  void look_lower(Instant now) {
    if (now < look_again) return;
    look_again = now + kRefreshPause;
    if (top_rung > 0) {
      --top_rung;
      outdated = tasks.size();
    }
    if (outdated == 0) return;
    refresh(kRefreshedIdle);
    climb_all_due(now);
  }

  void fill_queues(Instant now) {
    climb_all_due(now);
    if (queues.empty()) look_lower(now);
  }

  /// Takes a task out of queue, heap and flight.
  void stop(TaskSlot slot, WatchedTask& task) {
    if (task.stage == Stage::queued) queues.erase(queue_of(task), slot);
    due.erase(slot);
  }

  void forget(TaskSlot slot, WatchedTask& task) {
    stop(slot, task);
    models.release(task.model);
    task.stage = Stage::absent;
    free_slots.push_back(slot);
    --watched;
  }

  /// The latest moment at which an answer that comes now says that the task was still pending.
  Instant seen_at(const WatchedTask& task, Instant now) const {
    return task.stage == Stage::in_flight ? task.moment : now;
  }

  /// A poll has come back: what it tells of round trips, and when the next may go.
  void landed(WatchedTask& task, Instant now, bool answered) {
    if (task.stage != Stage::in_flight) return;
    if (answered) round_trip.measured(now - task.moment);
    task.moment = later(task.moment, round_trip.least_distance());
  }

  void learn(std::uint32_t model, Instant now) {
    const Duration at_most_every = watched > kFewTasks ? std::chrono::seconds{1} : std::chrono::seconds{0};
    if (models[model].learn(now, at_most_every)) outdated = tasks.size();
    if (model != kPool && models[kPool].learn(now, at_most_every)) outdated = tasks.size();
  }

  RateBudget& rate;
  schedule::ModelTable models;
  schedule::DueHeap due;
  schedule::RungQueues queues;
  schedule::RoundTrip round_trip;
  std::vector<WatchedTask> tasks;
  std::vector<TaskSlot> free_slots;
  std::size_t watched = 0;
  TaskSlot refreshed = 0;    ///< the last one brought up to date
  std::size_t outdated = 0;  ///< how many from there on may not be
  Instant look_again = Instant::min();
  int top_rung = 0;  ///< follows the rung being served
  Instant origin = never;
  Instant clock{};
};

Scheduler::Scheduler(const Settings& settings, RateBudget& rate) : impl_(std::make_unique<Impl>(settings, rate)) {}
Scheduler::~Scheduler() = default;

ModelId Scheduler::model(std::string_view name) { return impl_->models.find_or_make(name); }

TaskSlot Scheduler::add(ModelId model, Priority priority, Instant born, Instant now) {
  Impl& s = *impl_;
  now = s.at(now);
  const TaskSlot slot = s.new_slot();
  if (slot == no_task) return no_task;
  WatchedTask& task = s.tasks[slot];
  task = WatchedTask{};
  task.model = static_cast<std::uint16_t>(s.models.contains(model) ? model : kPool);
  task.interactive = priority == Priority::interactive;
  task.born = std::clamp(born, now - kMonth, now);
  task.moment = now;
  s.models.hold(task.model);
  ++s.watched;
  s.wait_for_rung(slot, task);
  return slot;
}

void Scheduler::identify(TaskSlot slot, ModelId model, Instant born, Instant now) {
  Impl& s = *impl_;
  now = s.at(now);
  WatchedTask* task = s.find(slot);
  if (task == nullptr) return;
  if (!s.models.contains(model)) model = kPool;
  born = std::clamp(born, now - kMonth, now);
  if (task->model == model && task->born == born) return;
  if (task->seen_pending > 0) {
    const Instant seen = task->born + from_seconds(schedule::age_at(static_cast<double>(task->seen_pending)));
    task->seen_pending = static_cast<float>(schedule::position_of(seconds(seen - born)));
  }
  task->born = born;
  if (task->model != model) {
    s.models.release(task->model);
    s.models.hold(model);
    task->model = static_cast<std::uint16_t>(model);
    if (model != kPool) s.models[model].pending(0, static_cast<double>(task->seen_pending));
  }
  if (task->stage == Stage::in_flight) return;
  s.stop(slot, *task);
  s.wait_for_rung(slot, *task);
}

void Scheduler::set_priority(TaskSlot slot, Priority priority, Instant) {
  Impl& s = *impl_;
  WatchedTask* task = s.find(slot);
  const bool interactive = priority == Priority::interactive;
  if (task == nullptr || task->interactive == interactive) return;
  if (task->stage == Stage::queued) s.queues.erase(queue_of(*task), slot);
  task->interactive = interactive;
  if (task->stage == Stage::queued) s.queues.push(queue_of(*task), slot);
}

void Scheduler::poll_by(TaskSlot slot, Instant at, Instant now) {
  Impl& s = *impl_;
  s.at(now);
  WatchedTask* task = s.find(slot);
  if (task == nullptr) return;
  task->poll_by = at;
  if (task->stage == Stage::in_flight) return;
  s.stop(slot, *task);
  s.wait_for_rung(slot, *task);
}

void Scheduler::remove(TaskSlot slot) {
  if (WatchedTask* task = impl_->find(slot)) impl_->forget(slot, *task);
}

Instant Scheduler::wake(Instant now) {
  Impl& s = *impl_;
  now = s.at(now);
  const Instant ready = std::max(s.rate.ready_at(now), now);
  if (s.queues.empty() && ready == now) s.fill_queues(now);
  if (!s.queues.empty()) return ready;
  if (s.due.empty()) return never;
  const Instant first = s.instant_of(s.due.first_time());
  return std::max(ready, s.outdated > 0 ? std::min(first, s.look_again) : first);
}

TaskSlot Scheduler::pick(Instant now) {
  Impl& s = *impl_;
  now = s.at(now);
  if (s.rate.ready_at(now) > now) return no_task;
  s.fill_queues(now);
  if (s.queues.empty()) return no_task;
  const TaskSlot slot = s.queues.head(s.queues.highest());
  WatchedTask& task = s.tasks[slot];
  s.stop(slot, task);
  if (task.rung != kUrgent) s.top_rung += (task.rung > s.top_rung) - (task.rung < s.top_rung);
  task.stage = Stage::in_flight;
  task.moment = now;
  s.rate.take(now);
  s.refresh(1);
  return slot;
}

void Scheduler::pending(TaskSlot slot, Instant now) {
  Impl& s = *impl_;
  now = s.at(now);
  WatchedTask* task = s.find(slot);
  if (task == nullptr) return;
  const double before = static_cast<double>(task->seen_pending);
  const auto position = static_cast<float>(schedule::position_of(seconds(s.seen_at(*task, now) - task->born)));
  const double after = static_cast<double>(position);
  s.landed(*task, now, true);
  s.models[task->model].pending(before, after);
  if (task->model != kPool) s.models[kPool].pending(before, after);
  s.learn(task->model, now);
  task->seen_pending = std::max(task->seen_pending, position);
  task->poll_by = never;
  s.stop(slot, *task);
  s.wait_for_rung(slot, *task);
}

void Scheduler::done(TaskSlot slot, Instant now, std::optional<Duration> duration) {
  Impl& s = *impl_;
  now = s.at(now);
  WatchedTask* task = s.find(slot);
  if (task == nullptr) return;
  const double after = static_cast<double>(task->seen_pending);
  const double up_to = schedule::position_of(seconds(now - task->born));
  std::optional<double> ended_at;
  if (duration) ended_at = schedule::position_of(seconds(*duration));
  s.landed(*task, now, true);
  s.models[task->model].ended(after, after, up_to, ended_at);
  if (task->model != kPool) s.models[kPool].ended(after, after, up_to, ended_at);
  s.learn(task->model, now);
  s.forget(slot, *task);
}

void Scheduler::throttled(TaskSlot slot, Instant now) { unanswered(slot, now, now); }

void Scheduler::unanswered(TaskSlot slot, Instant now, Instant not_before) {
  Impl& s = *impl_;
  now = s.at(now);
  WatchedTask* task = s.find(slot);
  if (task == nullptr) return;
  s.landed(*task, now, false);
  task->moment = std::max(task->moment, not_before);
  s.stop(slot, *task);
  s.wait_for_rung(slot, *task);
}

std::size_t Scheduler::size() const { return impl_->watched; }

std::string Scheduler::export_learned() const { return schedule::write_learned(impl_->models); }

bool Scheduler::import_learned(std::string_view bytes) { return schedule::read_learned(bytes, impl_->models); }

}  // namespace apimall::engine
