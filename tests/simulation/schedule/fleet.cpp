#include "fleet.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <queue>
#include <string>
#include <vector>

#include "engine/rate_budget.hpp"
#include "engine/scheduler.hpp"
#include "families.hpp"
#include "optimum.hpp"

namespace judge {
namespace {

using namespace apimall::engine;

Instant at(double s) { return Instant{from_seconds(s)}; }
double time_of(Instant t) { return static_cast<double>(t.time_since_epoch().count()) * 1e-6; }

struct Task {
  int model;
  double born;
  double duration;
  double queued = 0;  ///< of the duration, the part before processing
};

struct World {
  std::vector<Durations> models;
  std::vector<Task> tasks;  ///< by birth
  double rate = 0;
  /// Tasks born outside of this time fill and empty the fleet; the limit is not felt there as it is between.
  double first_counted = 0;
  double last_counted = 1e9;
};

/// How long the gateway's queue is: it wanders by a factor of two about its typical length, over minutes.
class Queue {
 public:
  Queue(double typical_s, Random& random) : typical_s_(typical_s), random_(random) {}
  double wait_s(double now) {
    if (typical_s_ <= 0) return 0;
    constexpr double kForgets_s = 300;
    const double kept = std::exp((then_ - now) / kForgets_s);
    level_ = kept * level_ + std::sqrt(1 - kept * kept) * normal();
    then_ = now;
    return typical_s_ * std::exp(0.7 * level_ + 0.1 * normal());
  }

 private:
  double normal() {
    constexpr double kTurn = 6.283185307179586;
    return std::sqrt(-2 * std::log(random_.uniform())) * std::cos(kTurn * random_.uniform());
  }

  double typical_s_;
  Random& random_;
  double level_ = 0;
  double then_ = 0;
};

World make_world(const FleetSettings& settings, Random& random) {
  World world;
  double mean = 0;
  for (int i = 0; i < settings.models; ++i) {
    world.models.push_back(draw_durations(kFamilies[random.below(kFamilies.size())], random));
    mean += world.models.back().mean() / settings.models;
  }
  mean += settings.queue_s;
  const double births_per_s = settings.at_once / mean;
  world.rate = settings.requests_per_task * births_per_s;
  const int count = settings.burst ? settings.at_once : 10 * settings.at_once;
  double born = 0;
  Queue queue(settings.queue_s, random);
  for (int i = 0; i < count; ++i) {
    const int model = static_cast<int>(random.below(world.models.size()));
    const double queued = queue.wait_s(born);
    world.tasks.push_back({model, born, queued + world.models[static_cast<std::size_t>(model)].draw(random), queued});
    if (!settings.burst) born -= std::log(random.uniform()) / births_per_s;
  }
  if (!settings.burst) {
    world.first_counted = 3 * mean;
    world.last_counted = born - 2 * mean;
  }
  return world;
}

/// The gateway's own token bucket, when the client is not told of it.
class Limit {
 public:
  Limit(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}
  bool admits(double now) {
    tokens_ = std::min(burst_, tokens_ + (now - then_) * rate_);
    then_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double rate_, burst_, tokens_;
  double then_ = 0;
};

/// Polls the living in turn at a rate, and nothing else.
Cost round_robin(const World& world, double rate) {
  std::deque<const Task*> waiting;
  for (const Task& task : world.tasks) waiting.push_back(&task);
  Cost cost;
  const auto share = 1 / static_cast<double>(world.tasks.size());
  for (double now = 0; !waiting.empty(); now += 1 / rate) {
    const Task* task = waiting.front();
    waiting.pop_front();
    cost.requests += share;
    if (task->born + task->duration <= now) {
      cost.delay_s += (now - task->born - task->duration) * share;
    } else {
      waiting.push_back(task);
    }
  }
  return cost;
}

/// Mean delay of a round robin that is slow enough to cost this many requests per task.
double round_robin_at(const World& world, double requests) {
  double low = world.rate / 1000;
  double high = world.rate;
  for (int i = 0; i < 20; ++i) {
    const double middle = std::sqrt(low * high);
    (round_robin(world, middle).requests < requests ? low : high) = middle;
  }
  return round_robin(world, high).delay_s;
}

struct Answer {
  double when;
  TaskSlot slot;
  enum class Kind { pending, done, throttled } kind;
  bool operator>(const Answer& other) const { return when > other.when; }
};

}  // namespace

FleetResult judge_fleet(const FleetSettings& settings) {
  Random random(settings.seed);
  const World world = make_world(settings, random);
  RateBudget budget({settings.limit_known ? std::optional(world.rate) : std::nullopt, 1.0});
  Scheduler scheduler({}, budget);
  std::vector<ModelId> models;
  for (int i = 0; i < settings.models; ++i) models.push_back(scheduler.model("model " + std::to_string(i)));
  if (settings.learned) {
    for (int i = 0; i < 100 * settings.models; ++i) {
      const auto m = static_cast<std::size_t>(i % settings.models);
      const double duration = world.models[m].draw(random);
      const TaskSlot slot = scheduler.add(models[m], Priority::batch, at(0), at(0));
      // Known from elsewhere, as from saved learning: seen to end exactly when it did.
      scheduler.identify(slot, models[m], at(-duration), at(0));
      scheduler.done(slot, at(0), from_seconds(duration));
    }
  }
  Limit limit(world.rate, std::max(world.rate, 1.0));
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers;
  std::vector<const Task*> by_slot;
  FleetResult result;
  std::size_t born = 0;
  std::size_t ended = 0;
  std::size_t counted = 0;
  double requests = 0;
  double throttled = 0;
  double throttled_counted = 0;
  const auto counts = [&world](const Task& task) {
    return task.born >= world.first_counted && task.born <= world.last_counted;
  };
  constexpr double kNever = std::numeric_limits<double>::infinity();
  for (double now = 0; ended < world.tasks.size();) {
    for (; born < world.tasks.size() && world.tasks[born].born <= now; ++born) {
      const Task& task = world.tasks[born];
      const TaskSlot slot =
          scheduler.add(models[static_cast<std::size_t>(task.model)], Priority::batch, at(task.born), at(now));
      if (slot >= by_slot.size()) by_slot.resize(slot + std::size_t{1});
      by_slot[slot] = &task;
    }
    while (!answers.empty() && answers.top().when <= now) {
      const Answer answer = answers.top();
      answers.pop();
      const Task& task = *by_slot[answer.slot];
      if (answer.kind == Answer::Kind::throttled) {
        budget.throttled(at(now), from_seconds(settings.retry_after_s));
        scheduler.throttled(answer.slot, at(now));
        continue;
      }
      budget.accepted(at(now));
      if (answer.kind == Answer::Kind::pending) {
        const double began = task.born + task.queued;
        const bool tell = settings.began_told && began <= now - settings.latency_s;
        scheduler.pending(answer.slot, at(now), tell ? std::optional(at(began)) : std::nullopt);
        continue;
      }
      scheduler.done(answer.slot, at(now), from_seconds(task.duration));
      ++ended;
      if (!counts(task)) continue;
      result.mean_delay_s += now - task.born - task.duration;
      ++counted;
    }
    for (TaskSlot slot; (slot = scheduler.pick(at(now))) != no_task;) {
      const Task& task = *by_slot[slot];
      Answer answer{now + settings.latency_s, slot, Answer::Kind::pending};
      requests += counts(task) ? 1 : 0;
      if (!settings.limit_known && !limit.admits(now)) {
        answer.kind = Answer::Kind::throttled;
        throttled += 1;
        throttled_counted += counts(task) ? 1 : 0;
      } else if (task.born + task.duration <= now) {
        answer.kind = Answer::Kind::done;
      }
      answers.push(answer);
      if (settings.latency_s <= 0) break;  // the answer comes before the next poll goes
    }
    double next = answers.empty() ? kNever : answers.top().when;
    if (born < world.tasks.size()) next = std::min(next, world.tasks[born].born);
    if (const Instant wake = scheduler.wake(at(now)); wake != never) next = std::min(next, time_of(wake));
    now = std::max(now, next);
  }
  const auto tasks = static_cast<double>(world.tasks.size());
  result.mean_delay_s /= static_cast<double>(counted);
  result.requests_per_task = (requests - throttled_counted) / static_cast<double>(counted);
  result.throttled_per_task = throttled / tasks;
  if (settings.burst) {
    result.round_robin_s = round_robin(world, world.rate).delay_s;
    result.equal_round_robin_s = round_robin_at(world, result.requests_per_task);
  } else {
    Frontier bound;
    for (const Durations& model : world.models) bound.add(model);
    result.to_bound = result.mean_delay_s / bound.delay_at(result.requests_per_task);
  }
  return result;
}

}  // namespace judge
