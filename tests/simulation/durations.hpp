// How long the image tasks of a model take.
#pragma once

#include <string>

#include "random.hpp"

namespace apimall::simulation {

enum class Family : std::uint8_t { log_normal, gamma, weibull, bimodal, cold_start, heavy_tail, regime_change };

struct Model {
  std::string name;
  Family family = Family::log_normal;
  double median_s = 10;
  double width = 0.3;  ///< about the standard deviation of the logarithm
  // An incident: between these moments everything takes `slower` times as long.
  Instant regime_from = engine::never;
  Instant regime_to = engine::never;
  double slower = 3;

  /// The duration in seconds of a task that starts at `start`.
  double duration(Random& random, Instant start) const;
};

/// A model of any family, its incident somewhere in the `span` that begins at `start`.
Model draw_model(Random& random, int number, Instant start, Duration span);

}  // namespace apimall::simulation
