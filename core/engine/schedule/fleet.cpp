#include "engine/schedule/fleet.hpp"

#include <algorithm>

namespace apimall::engine::schedule {
namespace {

// A task waits for the rung this far below the one being served. More cost heap operations and gained nothing in
// simulation.
constexpr int kRungsSkipped = 1;
// With up to so many tasks under watch plans are renewed at once, with more after a pause.
constexpr std::size_t kFewTasks = 8;
constexpr Duration kYoungPause = std::chrono::milliseconds{250};
constexpr Duration kPause = std::chrono::seconds{1};
// The durations of processing are gone by once those of so many tasks are known.
constexpr double kTrustSecondClock = 5;
// So many heads of queues are weighed again for one poll, at most.
constexpr int kHeadsWeighed = 16;
// So many tasks are brought up to date at once when there is nothing to send, and so often.
constexpr std::size_t kRefreshedIdle = 64;
constexpr Duration kRefreshPause = std::chrono::milliseconds{10};
constexpr Duration kTick = std::chrono::milliseconds{1};
constexpr Instant kEndOfTime{Duration::max() / 4};  // so that sums of times cannot overflow

int queue_of(const WatchedTask& task) { return 2 * task.rung + (task.interactive ? 1 : 0); }

}  // namespace

Instant Fleet::at(Instant now) {
  clock = std::max(clock, std::min(now, kEndOfTime));
  if (origin == never) origin = clock;
  return clock;
}

WatchedTask* Fleet::find(TaskSlot slot) {
  return slot < tasks.size() && tasks[slot].stage != Stage::absent ? &tasks[slot] : nullptr;
}

std::uint64_t Fleet::tick_of(Instant when) const {
  if (when <= origin) return 0;
  const Duration since = when - origin;
  return static_cast<std::uint64_t>(since / kTick) + (since % kTick != Duration::zero() ? 1 : 0);
}

Instant Fleet::instant_of(std::uint64_t tick) const { return later(origin, kTick * static_cast<std::int64_t>(tick)); }

TaskSlot Fleet::new_slot() {
  if (!free_slots.empty()) {
    const TaskSlot slot = free_slots.back();
    free_slots.pop_back();
    return slot;
  }
  if (tasks.size() >= DueHeap::kMostTasks) return kNoTask;
  tasks.emplace_back();
  return static_cast<TaskSlot>(tasks.size() - 1);
}

bool Fleet::by_second_clock(const WatchedTask& task) {
  return task.began_s >= 0 && models.processing(task.model).evidence().tasks() >= kTrustSecondClock;
}

ModelSchedule& Fleet::schedule_of(const WatchedTask& task) {
  return by_second_clock(task) ? models.processing(task.model) : models[task.model];
}

Instant Fleet::due_at(const WatchedTask& task, int rung) {
  if (task.model == kPool && task.seen_pending == 0) return task.moment;
  const auto seen = static_cast<double>(task.seen_pending);
  const double age = by_second_clock(task) ? static_cast<double>(task.began_s) +
                                                 models.processing(task.model).next_age(rung, since_began(task, seen))
                                           : models[task.model].next_age(rung, seen);
  return std::max(task.moment, task.born + from_seconds(age));
}

void Fleet::set_time(TaskSlot slot, WatchedTask& task, Instant when) {
  when = std::min(when, std::max(task.poll_by, task.moment));
  task.epoch = schedule_of(task).epoch();
  if (when == never) {
    due.erase(slot);
  } else {
    due.set(slot, tick_of(when));
  }
}

void Fleet::wait_for_rung(TaskSlot slot, WatchedTask& task) {
  task.stage = Stage::waiting;
  task.rung = static_cast<std::uint8_t>(first_rung());
  set_time(slot, task, due_at(task, task.rung));
}

void Fleet::enqueue(TaskSlot slot, WatchedTask& task, int rung) {
  if (task.stage == Stage::queued) queues.erase(queue_of(task), slot);
  task.stage = Stage::queued;
  task.rung = static_cast<std::uint8_t>(rung);
  queues.push(queue_of(task), slot);
}

void Fleet::climb(TaskSlot slot, Instant now) {
  WatchedTask& task = tasks[slot];
  if (task.poll_by <= now) {
    enqueue(slot, task, kUrgent);
    due.erase(slot);
    return;
  }
  int rung = task.stage == Stage::queued ? task.rung + 1 : task.rung;
  // The time in the heap was that rung's; only a new plan can have put it off.
  Instant when = task.epoch == schedule_of(task).epoch() ? now : due_at(task, rung);
  if (when <= now) {
    do {
      ++rung;
      when = rung < kRungs ? due_at(task, rung) : never;
    } while (when <= now);
    enqueue(slot, task, rung - 1);
  }
  set_time(slot, task, when);
}

void Fleet::climb_all_due(Instant now) {
  const auto tick = static_cast<std::uint64_t>((now - origin) / kTick);
  while (!due.empty() && due.first_time() <= tick) climb(due.first_task(), now);
}

int Fleet::first_rung() const { return std::max(0, top_rung - kRungsSkipped); }

void Fleet::refresh(std::size_t count) {
  for (; count > 0 && outdated > 0; --count, --outdated) {
    if (++refreshed >= tasks.size()) refreshed = 0;
    WatchedTask& task = tasks[refreshed];
    if (task.stage != Stage::waiting) continue;
    if (task.rung > first_rung() || task.epoch != schedule_of(task).epoch()) wait_for_rung(refreshed, task);
  }
}

void Fleet::look_lower(Instant now) {
  if (now < look_again || !may_look_lower()) return;
  look_again = now + kRefreshPause;
  if (top_rung > 0) {
    --top_rung;
    outdated = tasks.size();
  }
  refresh(kRefreshedIdle);
  climb_all_due(now);
}

void Fleet::weigh_heads(Instant now) {
  for (int weighed = 0; !queues.empty(); ++weighed) {
    const TaskSlot slot = queues.head(queues.highest());
    WatchedTask& task = tasks[slot];
    const ModelSchedule& schedule = schedule_of(task);
    if (task.rung == kUrgent || task.epoch == schedule.epoch() || !schedule.young()) return;
    if (due_at(task, task.rung) <= now) return;
    if (weighed == kHeadsWeighed) {  // taken for due, also when asked again
      set_time(slot, task, task.rung + 1 < kRungs ? due_at(task, task.rung + 1) : never);
      return;
    }
    stop(slot, task);
    wait_for_rung(slot, task);
    climb_all_due(now);
  }
}

void Fleet::fill_queues(Instant now) {
  climb_all_due(now);
  weigh_heads(now);
  if (queues.empty()) look_lower(now);
}

void Fleet::stop(TaskSlot slot, WatchedTask& task) {
  if (task.stage == Stage::queued) queues.erase(queue_of(task), slot);
  due.erase(slot);
}

void Fleet::forget(TaskSlot slot, WatchedTask& task) {
  stop(slot, task);
  models.release(task.model);
  task.stage = Stage::absent;
  free_slots.push_back(slot);
  --watched;
}

Instant Fleet::seen_at(const WatchedTask& task, Instant now) const {
  return task.stage == Stage::in_flight ? task.moment : now;
}

void Fleet::set_interactive(TaskSlot slot, WatchedTask& task, bool interactive) {
  if (task.stage == Stage::queued) queues.erase(queue_of(task), slot);
  task.interactive = interactive;
  if (task.stage == Stage::queued) queues.push(queue_of(task), slot);
}

void Fleet::landed(WatchedTask& task, Instant now, bool answered) {
  if (task.stage != Stage::in_flight) return;
  if (answered) round_trip.measured(now - task.moment);
  task.moment = later(task.moment, round_trip.least_distance());
}

void Fleet::learn(const WatchedTask& task, Instant now) {
  const auto renew = [this, now](ModelSchedule& schedule) {
    const Duration pause = schedule.young() ? kYoungPause : kPause;
    if (schedule.learn(now, watched > kFewTasks ? pause : Duration::zero())) outdated = tasks.size();
  };
  renew(models[task.model]);
  if (task.model != kPool) renew(models[kPool]);
  if (task.began_s >= 0) renew(models.processing(task.model));
}

}  // namespace apimall::engine::schedule
