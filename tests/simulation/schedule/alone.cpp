#include "alone.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "engine/schedule/model_schedule.hpp"
#include "families.hpp"
#include "optimum.hpp"

namespace judge {
namespace {

using apimall::engine::Duration;
using apimall::engine::Instant;
using apimall::engine::schedule::ModelSchedule;
using apimall::engine::schedule::position_of;

constexpr int kTasks = 130;
constexpr int kCold = 30;
constexpr double kWindow = 100;

void add(Cost& sum, const Cost& cost) {
  sum.requests += cost.requests;
  sum.delay_s += cost.delay_s;
}

Cost mean(const Cost& sum, double n) { return {sum.requests / n, sum.delay_s / n}; }

/// Polls one task to its end as the model's schedule says, and teaches the schedule.
Cost run_task(ModelSchedule& schedule, double duration, bool timestamps) {
  Cost cost;
  double age = 0;
  double before = 0;
  do {
    before = age;
    age = std::max(schedule.next_age(0, position_of(age)), age + 0.2);
    cost.requests += 1;
  } while (age < duration);
  cost.delay_s = age - duration;
  std::optional<double> at;
  if (timestamps) at = position_of(duration);
  schedule.ended(0, position_of(before), position_of(age), at);
  schedule.learn(Instant{}, Duration::zero());
  return cost;
}

}  // namespace

AloneResult judge_alone(const AloneSettings& settings) {
  Random random(settings.seed);
  Frontier frontier;
  std::vector<Durations> models;
  Cost warm, cold;
  double simple_sum = 0;
  for (const std::string& family : kFamilies) {
    Cost family_warm, family_cold;
    Frontier family_frontier;
    for (int m = 0; m < settings.models_per_family; ++m) {
      models.push_back(draw_durations(family, random));
      const Durations& durations = models.back();
      frontier.add(durations);
      family_frontier.add(durations);
      Cost own_warm, own_cold;
      for (int run = 0; run < settings.runs_per_model; ++run) {
        ModelSchedule schedule(settings.price_s, kWindow);
        for (int i = 0; i < kTasks; ++i) {
          const Cost cost = run_task(schedule, durations.draw(random), settings.timestamps);
          add(i < kCold ? own_cold : own_warm, cost);
        }
      }
      own_warm = mean(own_warm, settings.runs_per_model * (kTasks - kCold));
      own_cold = mean(own_cold, settings.runs_per_model * kCold);
      simple_sum += best_simple_delay({&durations}, own_warm.requests);
      add(family_warm, own_warm);
      add(family_cold, own_cold);
    }
    add(warm, family_warm);
    add(cold, family_cold);
    if (settings.verbose) {
      family_warm = mean(family_warm, settings.models_per_family);
      family_cold = mean(family_cold, settings.models_per_family);
      std::printf("  %-11s warm %.2f requests %.2f s, ratio %.3f   cold %.2f requests %.2f s, ratio %.3f\n",
                  family.c_str(), family_warm.requests, family_warm.delay_s,
                  family_warm.delay_s / family_frontier.delay_at(family_warm.requests), family_cold.requests,
                  family_cold.delay_s, family_cold.delay_s / family_frontier.delay_at(family_cold.requests));
    }
  }
  const auto n = static_cast<double>(models.size());
  warm = mean(warm, n);
  cold = mean(cold, n);
  Cost all{(warm.requests * (kTasks - kCold) + cold.requests * kCold) / kTasks,
           (warm.delay_s * (kTasks - kCold) + cold.delay_s * kCold) / kTasks};
  std::vector<const Durations*> each;
  double mean_duration_s = 0;
  for (const Durations& model : models) {
    each.push_back(&model);
    mean_duration_s += model.mean() / n;
  }
  return {.warm_to_optimum = warm.delay_s / frontier.delay_at(warm.requests),
          .warm_to_simple = warm.delay_s / (simple_sum / n),
          .cold_to_optimum = cold.delay_s / frontier.delay_at(cold.requests),
          .pooled_to_simple = all.delay_s / best_simple_delay(each, all.requests),
          .warm_requests = warm.requests,
          .warm_delay_s = warm.delay_s,
          .mean_duration_s = mean_duration_s};
}

}  // namespace judge
