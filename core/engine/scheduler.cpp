#include "engine/scheduler.hpp"

#include <algorithm>

#include "engine/schedule/fleet.hpp"
#include "engine/schedule/learned_format.hpp"

namespace apimall::engine {

using schedule::kPool;
using schedule::kUrgent;
using schedule::since_began;
using schedule::Stage;
using schedule::WatchedTask;

namespace {

constexpr Duration kMonth = std::chrono::hours{24 * 30};

double sane_price(double price_s) { return price_s >= 1e-3 ? std::min(price_s, 1e4) : 1e-3; }
double sane_window(double tasks) { return tasks >= 5 ? std::min(tasks, 1e4) : 5; }

}  // namespace

static_assert(no_task == schedule::kNoTask);

struct Scheduler::Impl : schedule::Fleet {
  using Fleet::Fleet;
};

Scheduler::Scheduler(const Settings& settings, RateBudget& rate)
    : impl_(std::make_unique<Impl>(sane_price(settings.price_s), sane_window(settings.remembered_tasks), rate)) {}
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
  if (task->began_s >= 0)
    task->began_s = std::max(0.0F, task->began_s + static_cast<float>(seconds(task->born - born)));
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
  if (task != nullptr && task->interactive != interactive) s.set_interactive(slot, *task, interactive);
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
  if (ready == now) s.fill_queues(now);
  if (!s.queues.empty()) return ready;
  if (s.due.empty()) return never;
  const Instant first = s.instant_of(s.due.first_time());
  return std::max(ready, s.may_look_lower() ? std::min(first, s.look_again) : first);
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

void Scheduler::pending(TaskSlot slot, Instant now, std::optional<Instant> began) {
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
  if (task->began_s >= 0) {
    s.models.processing(task->model).pending(since_began(*task, before), since_began(*task, after));
  } else if (began) {
    // Processing is learned of from here on only: of the tasks that began when this one did, the quick ones have ended.
    const double told = seconds(*began - task->born);
    const double seen = schedule::age_at(after);
    task->began_s = static_cast<float>(std::clamp(told, std::min(schedule::age_at(before), seen), seen));
  }
  s.learn(*task, now);
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
  if (task->began_s >= 0) {
    const double seen = since_began(*task, after);
    std::optional<double> processed;
    if (duration) processed = schedule::position_of(seconds(*duration) - static_cast<double>(task->began_s));
    s.models.processing(task->model).ended(seen, seen, since_began(*task, up_to), processed);
  }
  s.learn(*task, now);
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
