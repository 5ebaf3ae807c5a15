#include "engine/watches.hpp"

#include <algorithm>

#include "engine/hash.hpp"
#include "wire/response.hpp"

namespace apimall::engine {
namespace {

/// A wait forgives this many answers in a row that are not the documented shape: a captive portal, half a document.
constexpr std::uint16_t protocol_failures_forgiven = 4;

/// The last poll before a deadline leaves this long before it, so that its answer can still arrive.
Duration answer_margin(Duration round_trip) {
  return std::clamp<Duration>(2 * round_trip, Duration{50'000}, Duration{1'000'000});
}

std::uint32_t status_mark(std::string_view text) { return static_cast<std::uint32_t>(hash_text(text)) | 1u; }

}  // namespace

Watches::Rarities& Watches::Watch::rarities() {
  if (!rare) rare = std::make_unique<Rarities>();
  return *rare;
}

void Watches::attach(Slot work_slot, std::string_view task_id, Instant now) {
  const std::uint64_t hash = hash_text(task_id);
  Slot slot = by_id_.find(hash, [&](Slot candidate) { return watches_[candidate].id == task_id; });
  Work& work = context_.works[work_slot];
  const bool is_new = slot == no_slot;
  if (is_new) {
    slot = watches_.emplace();
    Watch& watch = watches_[slot];
    watch.id = task_id;
    watch.task = context_.scheduler.add(model_of({}), work.priority, now, now);
    by_id_.insert(hash, slot);
    if (watch.task >= watch_of_task_.size()) watch_of_task_.resize(watch.task + 1, no_slot);
    watch_of_task_[watch.task] = slot;
  }
  Watch& watch = watches_[slot];
  work.stage = Stage::watching;
  work.watch = slot;
  work.asked_after = watch.polls_sent;
  work.next_of_watch = watch.first_work;
  watch.first_work = work_slot;
  if (is_new) return;  // a new watch is due at once in any case
  if (work.priority == Priority::interactive) context_.scheduler.set_priority(watch.task, work.priority, now);
  if (work.one_look) {
    if (watch.exchange == no_exchange) context_.scheduler.poll_by(watch.task, now, now);
  } else {
    plan_forced_poll(watch, now, now);
  }
}

void Watches::detach(Slot work_slot) {
  Work& work = context_.works[work_slot];
  const Slot slot = std::exchange(work.watch, no_slot);
  Watch& watch = watches_[slot];
  Slot* link = &watch.first_work;
  while (*link != work_slot) link = &context_.works[*link].next_of_watch;
  *link = work.next_of_watch;
  work.next_of_watch = no_slot;
  if (watch.first_work == no_slot) {
    context_.scheduler.remove(watch.task);
    remove(slot);
  }
}

void Watches::remove(Slot slot) {
  Watch& watch = watches_[slot];
  context_.exchanges.abandon(watch.exchange);
  watch_of_task_[watch.task] = no_slot;
  by_id_.erase(hash_text(watch.id), slot);
  watches_.erase(slot);
}

Instant Watches::wake(Instant now) { return context_.scheduler.wake(now); }

std::optional<Send> Watches::next_poll(Instant now) {
  const TaskSlot task = context_.scheduler.pick(now);
  if (task == no_task) return std::nullopt;
  const Slot slot = watch_of_task_[task];
  Watch& watch = watches_[slot];
  watch.exchange = context_.exchanges.open(Purpose::poll, slot, 0, now);
  ++watch.polls_sent;
  ++context_.statistics.polls;
  if (watch.failures > 0) ++context_.statistics.retries;
  return Send{watch.exchange, wire::image_task_request(watch.id)};
}

void Watches::answered(Slot slot, Instant now, Result<ImageTaskRef> answer) {
  if (!answer) return failed(slot, now, std::move(answer.error()));
  Watch& watch = watches_[slot];
  const ImageTaskRef& task = *answer;
  watch.exchange = no_exchange;
  watch.failures = watch.protocol_failures = 0;
  if (watch.rare) watch.rare->last_failure.reset();
  remember(watch, task, now);

  const bool terminal = is_terminal(task->fields().status);
  const std::uint32_t mark = status_mark(task->fields().status_text);
  Slot next = watch.first_work;
  Slot* kept = &watch.first_work;
  while (next != no_slot) {
    const Slot work_slot = next;
    Work& work = context_.works[work_slot];
    next = work.next_of_watch;
    if (terminal || (work.one_look && work.asked_after < watch.polls_sent)) {
      *kept = next;
      conclude(work_slot, task);
      continue;
    }
    kept = &work.next_of_watch;
    if (work.tell_polls || (work.tell_changes && work.status_told != mark))
      context_.works.tell_progress(work_slot, task);
    work.status_told = mark;
  }

  const ImageTaskFields& fields = task->fields();
  if (terminal) {
    std::optional<Duration> duration;
    if (fields.completed_at_ms && fields.created_at_ms && *fields.completed_at_ms >= *fields.created_at_ms) {
      duration = std::chrono::milliseconds(*fields.completed_at_ms - *fields.created_at_ms);
    }
    context_.scheduler.done(watch.task, now, duration);
    remove(slot);
  } else if (watch.first_work == no_slot) {
    context_.scheduler.remove(watch.task);
    remove(slot);
  } else {
    std::optional<Instant> began;
    if (fields.status == Status::processing && fields.updated_at_ms) {
      began = context_.server_clock.instant_of(*fields.updated_at_ms);
    }
    context_.scheduler.pending(watch.task, now, began);
    plan_forced_poll(watch, now, now);
  }
}

void Watches::remember(Watch& watch, const ImageTaskRef& task, Instant now) {
  const ImageTaskFields& fields = task->fields();
  const ModelId model = model_of(fields.model);
  const bool news = !watch.seen || model != watch.model || fields.created_at_ms != watch.created_at.get();
  watch.seen = true;
  watch.model = model;
  watch.status = fields.status;
  if (fields.status == Status::unknown) watch.rarities().status_text = fields.status_text;
  watch.created_at = Time(fields.created_at_ms);
  watch.updated_at = Time(fields.updated_at_ms);

  const Instant soon = later(now, 2 * answer_margin(context_.round_trip));
  if (watch.rare) watch.rare->last_task = {};
  for (Slot slot = watch.first_work; slot != no_slot; slot = context_.works[slot].next_of_watch) {
    if (context_.works[slot].deadline <= soon) watch.rarities().last_task = task;
  }
  if (news) {
    std::optional<Instant> born;
    if (fields.created_at_ms) born = context_.server_clock.instant_of(*fields.created_at_ms);
    context_.scheduler.identify(watch.task, model, std::min(born.value_or(now), now), now);
  }
}

Instant Watches::last_chance(const Watch& watch, Instant now) const {
  const Duration margin = answer_margin(context_.round_trip);
  Instant first = never;
  for (Slot slot = watch.first_work; slot != no_slot; slot = context_.works[slot].next_of_watch) {
    const Work& work = context_.works[slot];
    if (!work.one_look && work.deadline != never && work.deadline - margin > now) {
      first = std::min(first, work.deadline - margin);
    }
  }
  return first;
}

void Watches::plan_forced_poll(const Watch& watch, Instant now, Instant not_before) {
  Instant by = last_chance(watch, now);
  if (by != never) by = std::max(by, not_before);
  for (Slot slot = watch.first_work; slot != no_slot; slot = context_.works[slot].next_of_watch) {
    if (context_.works[slot].one_look) by = not_before;
  }
  if (by != never) context_.scheduler.poll_by(watch.task, by, now);
}

void Watches::conclude(Slot work_slot, const ImageTaskRef& task) {
  Work& work = context_.works[work_slot];
  work.watch = work.next_of_watch = no_slot;
  if (work.kind == Kind::download) {
    ready_downloads_.emplace_back(work_slot, task);
    return;
  }
  Event event;
  event.task = task;
  context_.works.end(work_slot, std::move(event));
}

void Watches::failed(Slot slot, Instant now, Error error) {
  Watch& watch = watches_[slot];
  watch.exchange = no_exchange;
  error.task_id = watch.id.view();
  const bool throttled = error.code == Code::rate_limited;
  const Instant held_until = later(now, error.retry_after.value_or(std::chrono::milliseconds{0}));
  Instant again_at = std::max(now, context_.rate.ready_at(now));
  if (!throttled) {
    if (watch.failures < UINT16_MAX) ++watch.failures;
    again_at = later(now, context_.backoff.after(watch.failures, error));
  }
  if (error.code == Code::protocol) {
    ++watch.protocol_failures;
  } else {
    watch.protocol_failures = 0;
  }

  Slot* kept = &watch.first_work;
  for (Slot next = watch.first_work; next != no_slot;) {
    const Slot work_slot = next;
    Work& work = context_.works[work_slot];
    next = work.next_of_watch;
    if (work.retry_until == never) work.retry_until = later(now, context_.settings.retry_timeout);
    if (outlives(work, error, work.one_look ? again_at : held_until, watch.protocol_failures)) {
      kept = &work.next_of_watch;
      continue;
    }
    *kept = next;
    Event event;
    event.task = last_seen(work_slot);
    event.error = std::make_unique<Error>(error);
    work.watch = work.next_of_watch = no_slot;
    context_.works.end(work_slot, std::move(event));
  }

  if (watch.first_work == no_slot) {
    context_.scheduler.remove(watch.task);
    return remove(slot);
  }
  if (!throttled && error.http_status != 0 && context_.log.wants(LogLevel::info)) {
    context_.log.line(LogLevel::info, "asked again about " + error.task_id + " after: " + error.message);
  }
  // Nobody's last chance before a deadline is given away to the back-off; a Retry-After holds in any case.
  again_at = std::max(held_until, std::min(again_at, last_chance(watch, now)));
  if (throttled) {
    context_.scheduler.throttled(watch.task, now);
  } else {
    context_.scheduler.unanswered(watch.task, now, again_at);
  }
  watch.rarities().last_failure = std::make_unique<Error>(std::move(error));
  plan_forced_poll(watch, now, again_at);
}

bool Watches::outlives(const Work& work, const Error& error, Instant again_at, std::uint16_t protocol_failures) {
  if (!error.retryable) return false;
  if (error.code == Code::protocol && (work.one_look || protocol_failures > protocol_failures_forgiven)) return false;
  if (work.one_look) return again_at <= work.retry_until;
  // Told when to come back, and it is too late for this wait: say so now rather than at the deadline.
  return !error.retry_after || again_at <= work.deadline;
}

ImageTaskRef Watches::last_seen(Slot work_slot) const {
  const Watch& watch = watches_[context_.works[work_slot].watch];
  if (!watch.seen) return {};
  if (watch.rare && watch.rare->last_task) return watch.rare->last_task;
  wire::Sighting sighting;
  sighting.task_id = watch.id;
  sighting.model = model_names_[watch.model];
  sighting.status = watch.status;
  if (watch.status == Status::unknown) sighting.status_text = watch.rare->status_text;
  sighting.created_at_ms = watch.created_at.get();
  sighting.updated_at_ms = watch.updated_at.get();
  return wire::recall(sighting);
}

const Error* Watches::last_failure(Slot work_slot) const {
  return watches_[context_.works[work_slot].watch].last_failure();
}

ModelId Watches::model_of(std::string_view name) {
  const ModelId model = context_.scheduler.model(name);
  if (model >= model_names_.size()) model_names_.resize(model + 1);
  if (model_names_[model] != name) model_names_[model] = name;
  return model;
}

}  // namespace apimall::engine
