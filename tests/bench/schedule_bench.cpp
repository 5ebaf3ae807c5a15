// Prints how much processor time one scheduling decision takes: wake, pick and the answer, learning and re-planning
// included, with 1,000 to 1,000,000 tasks under watch. A decision is one poll; each ended task is replaced by a new
// one. The limit allows three requests per task, so that tasks climb several rungs between polls, as in a loaded fleet.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "engine/rate_budget.hpp"
#include "engine/scheduler.hpp"

namespace {

using namespace apimall::engine;

class Random {
 public:
  double uniform() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (static_cast<double>(state_ >> 11) + 0.5) * 0x1p-53;
  }
  double duration_s() {  // log-normal around 30 s
    const double z = std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307 * uniform());
    return 30 * std::exp(0.4 * z);
  }

 private:
  std::uint64_t state_ = 42;
};

double ns_per_decision(std::size_t tasks, int models, std::size_t decisions) {
  Random random;
  const double rate = 3.0 * static_cast<double>(tasks) / 32.5;
  RateBudget budget({rate, 1.0});
  Scheduler scheduler({}, budget);
  std::vector<ModelId> ids;
  for (int i = 0; i < models; ++i) ids.push_back(scheduler.model("m" + std::to_string(i)));
  std::vector<Duration> lasts(tasks + 1);
  std::vector<Instant> ends(tasks + 1);
  std::size_t made = 0;
  const auto add = [&](Instant born, Instant now) {
    const TaskSlot slot = scheduler.add(ids[made++ % ids.size()], Priority::batch, born, now);
    lasts[slot] = from_seconds(random.duration_s());
    ends[slot] = born + lasts[slot];
  };
  Instant now = Instant{} + std::chrono::hours{1};
  for (std::size_t i = 0; i < tasks; ++i) add(now, now);
  const auto run = [&](std::size_t count) {
    for (std::size_t i = 0; i < count;) {
      now = std::max(now, scheduler.wake(now));
      const TaskSlot slot = scheduler.pick(now);
      if (slot == no_task) continue;
      ++i;
      budget.accepted(now);
      if (ends[slot] > now) {
        scheduler.pending(slot, now);
      } else {
        scheduler.done(slot, now, lasts[slot]);
        add(now, now);
      }
    }
  };
  run(3 * tasks);  // past the start, when all are equally old
  const std::clock_t start = std::clock();
  run(decisions);
  const auto spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return spent * 1e9 / static_cast<double>(decisions);
}

}  // namespace

int main() {
  std::vector<std::pair<std::size_t, std::vector<double>>> measured{
      {1'000, {}}, {10'000, {}}, {100'000, {}}, {1'000'000, {}}};
  for (int turn = 0; turn < 3; ++turn) {
    for (auto& [tasks, times] : measured) {
      times.push_back(ns_per_decision(tasks, 4, std::max<std::size_t>(tasks, 200'000)) / 1e3);
    }
  }
  const double smallest = bench::median(measured.front().second);
  for (const auto& [tasks, times] : measured) {
    bench::Row row{.what = "scheduler decision", .work = std::to_string(tasks) + " tasks", .unit = "µs CPU"};
    row.ours = bench::median(times);
    if (tasks == 100'000) row.at_most = 2;
    row.print();
    if (tasks != 1'000'000) continue;
    row.against = "ours with 1000 tasks";
    row.peer = smallest;
    row.ratio = row.ours / smallest;
    row.at_most = 4;
    row.print();
  }
}
