// The scheduler under random operations, beside a naive account of what it must keep to.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/scheduler.hpp"

using namespace apimall::engine;
using namespace std::chrono_literals;

namespace {

Instant at(double s) { return Instant{from_seconds(s)}; }

/// What any correct scheduler keeps to, written down naively.
struct Watched {
  bool in_flight = false;
  Instant sent = Instant::min();
  Instant not_before = Instant::min();
};

}  // namespace

TEST_CASE("random operations keep every promise") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const double rate = seed % 4 == 0 ? 1e6 : 1 + seed;
    RateBudget budget({seed % 5 == 0 ? std::nullopt : std::optional(rate), 3.0});
    Scheduler scheduler({}, budget);
    std::map<TaskSlot, Watched> naive;
    std::vector<TaskSlot> flying;
    Instant now = at(10);
    Instant held = now;
    const auto ms_below = [&](unsigned n) { return Duration{1000 * static_cast<Duration::rep>(random() % n)}; };
    const auto any = [&] {
      return std::next(naive.begin(), static_cast<std::ptrdiff_t>(random() % naive.size()))->first;
    };
    const auto model = [&] { return scheduler.model(std::string(random() % 4, 'm')); };
    for (int i = 0; i < 6000; ++i) {
      switch (random() % 11) {
        case 0:
        case 1: {
          const TaskSlot task = scheduler.add(model(), random() % 2 == 0 ? Priority::interactive : Priority::batch,
                                              now - from_seconds(static_cast<double>(random() % 300) - 20), now);
          REQUIRE(!naive.contains(task));
          naive[task] = {};
          break;
        }
        case 2: {
          if (naive.empty() || random() % 3 != 0) break;
          const TaskSlot task = any();
          scheduler.remove(task);
          naive.erase(task);
          std::erase(flying, task);
          break;
        }
        case 4:
          if (!naive.empty()) scheduler.poll_by(any(), random() % 3 == 0 ? never : now + ms_below(5000), now);
          break;
        case 5:
          if (!naive.empty()) scheduler.identify(any(), model(), now - ms_below(100000), now);
          break;
        case 6:
          if (!naive.empty())
            scheduler.set_priority(any(), random() % 2 == 0 ? Priority::interactive : Priority::batch, now);
          break;
        default: {
          const Instant wake = scheduler.wake(now);
          const TaskSlot task = scheduler.pick(now);
          if (task == no_task) {
            REQUIRE(wake > now);
            if (wake != never && random() % 2 == 0) now = std::min(wake, now + 30s);
            break;
          }
          REQUIRE(wake <= now);
          REQUIRE(now >= held);
          REQUIRE(naive.contains(task));
          Watched& watched = naive[task];
          REQUIRE(!watched.in_flight);
          REQUIRE((watched.sent == Instant::min() || now - watched.sent >= 200ms));
          REQUIRE(now >= watched.not_before);
          watched = {true, now, Instant::min()};
          flying.push_back(task);
          break;
        }
      }
      if (!flying.empty() && random() % 2 == 0) {
        const std::size_t index = random() % flying.size();
        const TaskSlot task = flying[index];
        flying.erase(flying.begin() + static_cast<std::ptrdiff_t>(index));
        Watched& watched = naive[task];
        watched.in_flight = false;
        switch (random() % 6) {
          case 0:
            scheduler.done(task, now, random() % 2 == 0 ? std::optional(ms_below(90000)) : std::nullopt);
            naive.erase(task);
            break;
          case 1:
            watched.not_before = now + ms_below(9000);
            scheduler.unanswered(task, now, watched.not_before);
            break;
          case 2:
            if (random() % 4 == 0) {
              const Duration wait = ms_below(4000);
              budget.throttled(now, wait);
              held = std::max(held, now + wait);
            }
            scheduler.throttled(task, now);
            break;
          case 3:
            scheduler.remove(task);
            naive.erase(task);
            break;
          default:
            budget.accepted(now);
            scheduler.pending(task, now);
        }
      }
      if (random() % 3 == 0) now += ms_below(400);
      REQUIRE(scheduler.size() == naive.size());
    }
  }
}
