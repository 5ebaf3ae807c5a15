#include "callers.hpp"

#include <utility>

namespace apimall::simulation {
namespace {

using namespace std::chrono_literals;
using engine::Kind;

constexpr std::uint64_t stream = 3;
constexpr double asked_again = 0.5;  // of waits that met their deadline
constexpr double asked_late = 0.1;   // of tasks that are waited for some time after they began
constexpr double fetched_after_wait = 0.1;

}  // namespace

Callers::Callers(const Scenario& scenario, Gateway& gateway)
    : scenario_(scenario), gateway_(gateway), random_(scenario.seed, stream) {
  for (std::size_t i = 0; i < scenario.tasks.size(); ++i) {
    Errand errand{scenario.tasks[i].at, 0, Errand::Kind::arrive};
    errand.plan = i;
    add(std::move(errand));
  }
  const double span_s = engine::seconds(scenario.last_arrival() - beginning);
  for (int i = 0; i < scenario.habits.recipients; ++i) {
    in_use_.push_back(static_cast<engine::Recipient>(closed_.size()));
    closed_.push_back(false);
    if (!random_.chance(scenario.habits.recipient_closed)) continue;
    Errand errand{beginning + engine::from_seconds(random_.uniform(0, 1.1) * span_s), 0, Errand::Kind::close};
    errand.recipient = in_use_.back();
    add(std::move(errand));
  }
}

void Callers::add(Errand errand) {
  errand.number = ++errand_count_;
  errands_.push(std::move(errand));
}

std::vector<Action> Callers::take_due(Instant now) {
  std::vector<Action> actions;
  while (!errands_.empty() && errands_.top().at <= now) {
    const Errand errand = errands_.top();
    errands_.pop();
    switch (errand.kind) {
      case Errand::Kind::arrive:
        arrive(errand.plan, now, actions);
        break;
      case Errand::Kind::ask:
        ask(errand.what, errand.task, errand.plan, errand.snapshot, now, actions);
        break;
      case Errand::Kind::cancel: {
        Action action;
        action.kind = Action::Kind::cancel;
        action.recipient = errand.recipient;
        action.token = errand.token;
        actions.push_back(std::move(action));
        break;
      }
      case Errand::Kind::close: {
        Action action;
        action.kind = Action::Kind::close;
        action.recipient = errand.recipient;
        actions.push_back(std::move(action));
        closed_[errand.recipient] = true;
        for (engine::Recipient& each : in_use_) {
          if (each != errand.recipient) continue;
          each = static_cast<engine::Recipient>(closed_.size());
          closed_.push_back(false);
        }
        break;
      }
    }
  }
  return actions;
}

void Callers::arrive(std::size_t plan, Instant now, std::vector<Action>& actions) {
  const Habits& habits = scenario_.habits;
  if (random_.chance(habits.other_call)) {
    ask(random_.chance(0.5) ? Kind::history : Kind::balances, 0, plan, {}, now, actions);
  }
  if (random_.chance(habits.unknown_task)) ask(Kind::wait, unknown_++, plan, {}, now, actions);
  if (random_.chance(habits.generate)) return ask(Kind::generate, 0, plan, {}, now, actions);

  const TaskNumber task = gateway_.create(plan, now);
  const double kind = random_.uniform();
  const Kind what = kind < habits.download                ? Kind::download
                    : kind < habits.download + habits.get ? Kind::get
                                                          : Kind::wait;
  const auto come = [&](Kind asked, Instant at) {
    if (at <= now) return ask(asked, task, plan, {}, now, actions);
    Errand errand{at, 0, Errand::Kind::ask};
    errand.what = asked;
    errand.task = task;
    errand.plan = plan;
    add(std::move(errand));
  };
  const double duration_s = scenario_.tasks[plan].duration_s;
  come(what, random_.chance(habits.duplicate > 0 ? asked_late : 0) ? now + random_.span(0, 2 * duration_s) : now);
  for (int i = 0; what == Kind::get && i < 3; ++i) come(Kind::get, now + random_.span(0, 1.5 * duration_s));
  while (random_.chance(habits.duplicate)) {
    come(random_.chance(0.7) ? Kind::wait : Kind::get, now + random_.span(0, 1.5 * duration_s));
  }
}

std::optional<Duration> Callers::draw_timeout() {
  if (random_.chance(scenario_.habits.no_deadline)) return std::nullopt;
  if (random_.chance(scenario_.habits.short_deadline)) return random_.chance(0.1) ? 0s : random_.span(0.01, 3);
  static constexpr Duration usual[] = {10s, 30s, 60s, 10min, 10min, 1h};
  return random_.one_of(usual);
}

void Callers::ask(Kind kind, TaskNumber task, std::size_t plan, ImageTaskRef snapshot, Instant now,
                  std::vector<Action>& actions) {
  const Habits& habits = scenario_.habits;
  asked_.push_back({kind, task, random_.chance(asked_again)});
  Action action;
  action.token = asked_.size();
  action.recipient = in_use_[random_.below(in_use_.size())];
  action.task = task;
  action.plan = plan;
  engine::Submission& submission = action.submission;
  submission.kind = kind;
  submission.priority = random_.chance(habits.batch) ? engine::Priority::batch : engine::Priority::interactive;
  submission.tell_changes = random_.chance(habits.tells);
  submission.tell_polls = random_.chance(habits.tells / 2);
  submission.recipient = action.recipient;
  submission.token = action.token;
  submission.timeout = draw_timeout().value_or(engine::Submission::no_timeout);
  if (kind == Kind::get || kind == Kind::wait || kind == Kind::download) submission.task_id = Gateway::id_of(task);
  submission.more = std::make_unique<engine::Particulars>();
  engine::Particulars& more = *submission.more;
  if (kind == Kind::generate) more.body = R"({"model":"m","prompt":"picture )" + std::to_string(plan) + "\"}";
  more.page = static_cast<std::int32_t>(action.token);
  more.page_size = 10;
  more.folder = "download-" + std::to_string(action.token);
  more.task = std::move(snapshot);
  if (random_.chance(habits.cancel)) {
    Errand errand{now + random_.span(0, 1.5 * scenario_.tasks[plan].duration_s), 0, Errand::Kind::cancel};
    errand.recipient = action.recipient;
    errand.token = action.token;
    add(std::move(errand));
  }
  actions.push_back(std::move(action));
}

void Callers::told(const engine::Event& event, Instant now) {
  const Asked asked = asked_[event.token - 1];
  Errand errand{now, 0, Errand::Kind::ask};
  errand.task = asked.task;
  if (const auto* generation = std::get_if<std::unique_ptr<Generation>>(&event.answer); generation && *generation) {
    errand.task = *Gateway::task_in((*generation)->task_id);
    errand.what = random_.chance(scenario_.habits.download) ? Kind::download : Kind::wait;
    // Most wait at once, in the very call that told them; some think first.
    if (random_.chance(0.2)) errand.at = now + random_.span(0, 5);
  } else if (asked.kind == Kind::wait && !event.error && scenario_.habits.download > 0 &&
             random_.chance(fetched_after_wait)) {
    errand.what = Kind::download;
    errand.snapshot = event.task;
  } else if (event.error && event.error->code == Code::deadline && asked.again && asked.kind != Kind::generate) {
    if (asked.kind == Kind::history || asked.kind == Kind::balances) return;
    errand.what = asked.kind;
  } else {
    return;
  }
  if (errand.task < gateway_.task_count()) errand.plan = gateway_.task(errand.task).plan;
  add(std::move(errand));
}

}  // namespace apimall::simulation
