// Judges the learner and the plan on tasks that come one after another, with no limit of requests.
#pragma once

#include <cstdint>

namespace judge {

struct AloneResult {
  double warm_to_optimum;   ///< tasks 31–130 of a model
  double warm_to_simple;    ///< the same, to the best fixed or exponential schedule tuned for that model
  double cold_to_optimum;   ///< tasks 1–30
  double pooled_to_simple;  ///< all tasks, to one fixed or exponential schedule tuned for all models
  double warm_requests;     ///< tasks 31–130: requests per task,
  double warm_delay_s;      ///< and delay per task
  double mean_duration_s;
};

struct AloneSettings {
  std::uint64_t seed = 1;
  int models_per_family = 4;
  int runs_per_model = 6;
  double price_s = 0.25;
  bool timestamps = true;
  bool verbose = false;
};

AloneResult judge_alone(const AloneSettings& settings);

}  // namespace judge
