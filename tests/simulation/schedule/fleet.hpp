// Judges the scheduler on many tasks under one limit of requests.
#pragma once

#include <cstdint>

namespace judge {

struct FleetSettings {
  std::uint64_t seed = 1;
  int models = 4;
  int at_once = 600;             ///< tasks running at any time; in a burst: tasks started at time 0
  double requests_per_task = 2;  ///< what the limit allows in the mean duration
  bool limit_known = true;
  bool burst = false;
  bool learned = false;     ///< burst: the models have been seen before
  double queue_s = 0;       ///< how long tasks typically wait at the gateway before they are processed, shared by all
  bool began_told = false;  ///< whether answers tell since when a task is processed
  double latency_s = 0;     ///< of a request
  double retry_after_s = 1;
};

struct FleetResult {
  double mean_delay_s = 0;
  double to_bound = 0;           ///< mean delay, to that of the optimum at `requests_per_task`
  double requests_per_task = 0;  ///< that were answered; close to what the limit allows
  double throttled_per_task = 0;
  double round_robin_s = 0;        ///< for a burst, mean delay of a round robin under the same limit,
  double equal_round_robin_s = 0;  ///< and of a slower one that costs as many requests
};

FleetResult judge_fleet(const FleetSettings& settings);

}  // namespace judge
