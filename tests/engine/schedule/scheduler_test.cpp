#include "engine/scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace apimall::engine;
using namespace std::chrono_literals;

namespace {

Instant at(double s) { return Instant{from_seconds(s)}; }

/// Sleeps until the next poll, for as long as `until`; the task polled, and `now` moved on.
TaskSlot next_poll(Scheduler& scheduler, Instant& now, Instant until = Instant{} + 1000h) {
  for (int idle = 0; idle < 100000; ++idle) {
    const TaskSlot task = scheduler.pick(now);
    if (task != no_task) return task;
    const Instant wake = scheduler.wake(now);
    REQUIRE(wake > now);
    if (wake > until) return no_task;
    now = wake;
  }
  FAIL("wakes for nothing");
  return no_task;
}

struct Fixture {
  RateBudget budget{{1000, 100}};
  Scheduler scheduler{{}, budget};
  ModelId model = scheduler.model("nano-banana");
  Instant now = at(1000);

  TaskSlot add(Priority priority = Priority::interactive) { return scheduler.add(model, priority, now, now); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a task is polled at growing ages until it is done, and then never again") {
  const TaskSlot task = add();
  for (int i = 0; i < 5; ++i) {
    REQUIRE(next_poll(scheduler, now) == task);
    CHECK(scheduler.pick(now) == no_task);  // in flight
    now += 100ms;
    scheduler.pending(task, now);
  }
  REQUIRE(next_poll(scheduler, now) == task);
  scheduler.done(task, now, 20s);
  CHECK(scheduler.size() == 0);
  CHECK(scheduler.wake(now) == never);
  CHECK(scheduler.pick(now + 1h) == no_task);
}

TEST_CASE_FIXTURE(Fixture, "a task whose model is not known is due at once, and then follows its model's plan") {
  for (int i = 0; i < 60; ++i) {  // 40 s each
    const TaskSlot task = scheduler.add(model, Priority::batch, now, now);
    now += 40s;
    scheduler.done(task, now, 40s);
  }
  const Instant born = now;
  const TaskSlot task = scheduler.add(scheduler.model(""), Priority::interactive, now, now);
  REQUIRE(scheduler.wake(now) <= now);
  REQUIRE(scheduler.pick(now) == task);
  scheduler.identify(task, model, born, now);
  scheduler.pending(task, now);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now > born + 30s);
  CHECK(now < born + 45s);
}

TEST_CASE_FIXTURE(Fixture, "poll_by brings a poll forward to its time, and only until the next answer") {
  const TaskSlot task = add();
  const Instant by = now + 700ms;
  scheduler.poll_by(task, by, now);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now == by);
  scheduler.pending(task, now);
  CHECK(scheduler.wake(now) > now + 300ms);
  scheduler.poll_by(task, now + 400ms, now);
  scheduler.poll_by(task, never, now);
  CHECK(scheduler.wake(now) > now + 400ms);
}

TEST_CASE_FIXTURE(Fixture, "asking for a poll now does not bring two polls closer than 0.2 s") {
  const TaskSlot task = add();
  scheduler.poll_by(task, now, now);
  REQUIRE(scheduler.pick(now) == task);
  const Instant sent = now;
  now += 30ms;
  scheduler.pending(task, now);
  scheduler.poll_by(task, now, now);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now == sent + 200ms);
}

TEST_CASE_FIXTURE(Fixture, "polls of a task lie at least one measured round trip apart") {
  const TaskSlot slow = add();
  scheduler.poll_by(slow, now, now);
  REQUIRE(scheduler.pick(now) == slow);
  now += 3s;
  scheduler.pending(slow, now);
  scheduler.remove(slow);
  const TaskSlot task = add();
  scheduler.poll_by(task, now, now);
  REQUIRE(scheduler.pick(now) == task);
  const Instant sent = now;
  scheduler.unanswered(task, now, now);
  scheduler.poll_by(task, now, now);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now >= sent + 3s);
}

TEST_CASE_FIXTURE(Fixture, "a failed poll is repeated, not before the time given") {
  const TaskSlot task = add();
  REQUIRE(next_poll(scheduler, now) == task);
  const Instant later_on = now + 17s;
  scheduler.unanswered(task, now, later_on);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now == later_on);
}

TEST_CASE("interactive waits go before batch ones that are as urgent") {
  RateBudget budget({1, 1});
  Scheduler scheduler({}, budget);
  const ModelId model = scheduler.model("m");
  Instant now = at(0);
  std::set<TaskSlot> interactive;
  for (int i = 0; i < 20; ++i) scheduler.add(model, Priority::batch, now, now);
  for (int i = 0; i < 20; ++i) interactive.insert(scheduler.add(model, Priority::interactive, now, now));
  now = at(6);
  for (int i = 0; i < 5; ++i) CHECK(interactive.contains(next_poll(scheduler, now)));
}

TEST_CASE_FIXTURE(Fixture, "a task taken out while in flight is gone, and its slot serves another") {
  const TaskSlot task = add();
  REQUIRE(next_poll(scheduler, now) == task);
  scheduler.remove(task);
  CHECK(scheduler.size() == 0);
  CHECK(scheduler.wake(now) == never);
  CHECK(add() == task);
}

TEST_CASE_FIXTURE(Fixture, "calls about slots that are not under watch are ignored") {
  const TaskSlot task = add();
  for (const TaskSlot odd : {task + 1, no_task, no_task - 1}) {
    scheduler.pending(odd, now);
    scheduler.done(odd, now, 3s);
    scheduler.throttled(odd, now);
    scheduler.unanswered(odd, now, never);
    scheduler.poll_by(odd, now, now);
    scheduler.set_priority(odd, Priority::batch, now);
    scheduler.identify(odd, 99, now, now);
    scheduler.remove(odd);
  }
  CHECK(scheduler.size() == 1);
}

TEST_CASE("without an answer of any kind no task waits longer than five minutes") {
  RateBudget budget({1000, 100});
  Scheduler scheduler({}, budget);
  Instant now = at(0);
  const TaskSlot task = scheduler.add(scheduler.model("m"), Priority::batch, now, now);
  Instant before = now;
  while (now < at(24 * 3600)) {
    REQUIRE(next_poll(scheduler, now) == task);
    CHECK(now - before <= 301s);
    before = now;
    scheduler.pending(task, now);
  }
}

TEST_CASE_FIXTURE(Fixture, "a moment of urgency leaves no task waiting for a price that nobody pays any more") {
  const Instant long_ago = now - 4000s;
  const TaskSlot tasks[] = {scheduler.add(model, Priority::batch, long_ago, now),
                            scheduler.add(model, Priority::batch, long_ago, now)};
  for (const TaskSlot task : tasks) REQUIRE(next_poll(scheduler, now) == task);
  const Instant back = now + 1000s;
  for (const TaskSlot task : tasks) scheduler.unanswered(task, now, back);
  CHECK(scheduler.wake(back - 5ms) > back - 5ms);
  for (const TaskSlot task : tasks) REQUIRE(scheduler.pick(back) == task);
  now = back + 1ms;
  for (const TaskSlot task : tasks) scheduler.pending(task, now);
  for (int i = 0; i < 2; ++i) REQUIRE(next_poll(scheduler, now) != no_task);
  CHECK(now - back <= 5min + 1s);
}

TEST_CASE("under overload every task is polled, old and young") {
  RateBudget budget({2, 1});
  Scheduler scheduler({}, budget);
  const ModelId model = scheduler.model("m");
  Instant now = at(0);
  std::map<TaskSlot, Instant> polled;
  for (int i = 0; i < 500; ++i) polled[scheduler.add(model, Priority::batch, now, now)] = now;
  Duration longest{};
  while (now < at(4 * 3600)) {
    const TaskSlot task = next_poll(scheduler, now);
    longest = std::max(longest, now - polled[task]);
    polled[task] = now;
    scheduler.pending(task, now);
  }
  for (const auto& [task, when] : polled) longest = std::max(longest, now - when);
  CHECK(longest < 20min);  // in turn it would be 250 s
}

TEST_CASE("tasks queued by a guess give way when the first answers prove it wrong") {
  RateBudget budget{{1, 1}};
  Scheduler scheduler{{}, budget};
  const ModelId slow = scheduler.model("slow");
  const ModelId unknown = scheduler.model("unknown");
  Instant now = at(1000);
  std::set<TaskSlot> slow_ones;
  for (int i = 0; i < 30; ++i) {
    slow_ones.insert(scheduler.add(slow, Priority::batch, now, now));
    scheduler.add(unknown, Priority::batch, now, now);
  }
  now += 60s;
  CHECK(slow_ones.contains(scheduler.pick(now)));  // all are queued now, in turn
  for (int i = 0; i < 6; ++i) {
    now += 300ms;
    scheduler.done(scheduler.add(slow, Priority::batch, now - 600s, now), now, 600s);
  }
  for (int i = 0; i < 20; ++i) {
    const TaskSlot task = next_poll(scheduler, now);
    CHECK(!slow_ones.contains(task));
    scheduler.done(task, now, 10s);
  }
}

TEST_CASE("many tasks of a model never seen are asked sooner than one, until it is known") {
  const auto first_poll_s = [](int tasks, int known) {
    RateBudget budget{{1000, 100}};
    Scheduler scheduler{{}, budget};
    const ModelId model = scheduler.model("new");
    Instant now = at(1000);
    for (int i = 0; i < known; ++i) {
      scheduler.done(scheduler.add(model, Priority::batch, now - 20s, now), now, 20s);
      now += 1s;
    }
    const Instant born = now;
    for (int i = 0; i < tasks; ++i) scheduler.add(model, Priority::batch, now, now);
    // The first few were put down for a later time, when they were few.
    const TaskSlot first = scheduler.add(model, Priority::batch, now, now);
    while (next_poll(scheduler, now) != first) {
    }
    return seconds(now - born);
  };
  CHECK(first_poll_s(20, 0) < 0.8 * first_poll_s(0, 0));
  CHECK(first_poll_s(20, 40) == doctest::Approx(first_poll_s(0, 40)));
}

TEST_CASE_FIXTURE(Fixture, "a task that waited in a queue goes by the time since its processing began") {
  for (int i = 0; i < 40; ++i) {  // processed in 20 s, after a queue of up to two minutes
    const Instant born = now;
    const Instant began = born + std::chrono::seconds{7 * i % 120};
    const TaskSlot task = add();
    scheduler.pending(task, began + 1s, began);
    scheduler.done(task, began + 20s, began + 20s - born);
    now = began + 20s;
  }
  const Instant began = now + 90s;
  const TaskSlot task = add();
  REQUIRE(next_poll(scheduler, now) == task);
  while (now < began) {
    scheduler.pending(task, now);
    REQUIRE(next_poll(scheduler, now) == task);
  }
  scheduler.pending(task, now, began);
  REQUIRE(next_poll(scheduler, now) == task);
  CHECK(now > began + 18s);
  CHECK(now < began + 23s);
}

TEST_CASE("clocks that stand still, run backwards or lie about births do no harm") {
  RateBudget budget({1000, 100});
  Scheduler scheduler({}, budget);
  const ModelId model = scheduler.model("m");
  const std::vector<Instant> odd = {Instant::min(), at(-5), at(0), at(1e9), Instant::max(), never - 1us};
  for (const Instant born : odd) {
    const TaskSlot task = scheduler.add(model, Priority::batch, born, at(100));
    Instant now = at(100);
    REQUIRE(next_poll(scheduler, now) != no_task);
    scheduler.pending(task, at(50));
    scheduler.identify(task, model, born, at(60));
    scheduler.poll_by(task, born, at(70));
    (void)scheduler.wake(Instant::min());
    scheduler.done(task, at(100), Duration::max());
  }
  const TaskSlot task = scheduler.add(model, Priority::batch, at(100), at(100));
  for (int i = 0; i < 100; ++i) {
    if (scheduler.pick(at(101)) == task) scheduler.pending(task, at(101));
  }
  for (const Duration duration : {Duration::min(), Duration{-1}, Duration{0}, Duration{1}, Duration::max()}) {
    const TaskSlot other = scheduler.add(model, Priority::batch, at(100), at(101));
    scheduler.done(other, at(102), duration);
  }
  (void)scheduler.wake(never);
  (void)scheduler.pick(never);
  CHECK(scheduler.size() <= 1);
}

TEST_CASE("what one process learned lets the next start warm") {
  RateBudget budget({1000, 100});
  Scheduler first({}, budget);
  Instant now = at(0);
  for (int i = 0; i < 100; ++i) {
    const TaskSlot task = first.add(first.model("slow"), Priority::batch, now, now);
    now += 60s;
    first.done(task, now, 60s);
  }
  Scheduler second({}, budget);
  REQUIRE(second.import_learned(first.export_learned()));
  const Instant born = now;
  second.add(second.model("slow"), Priority::batch, born, now);
  next_poll(second, now);
  CHECK(now > born + 50s);
  CHECK(now < born + 70s);
  CHECK(!second.import_learned("rubbish"));
}
