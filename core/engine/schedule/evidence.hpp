// What has been seen of one model's durations: events and exposures per bin of age.
//
// The hazard of bin b is the chance that a task which was pending at its start ends within it. Its estimate is
// events[b] / exposure[b]: weighted tasks seen to end there over weighted tasks seen to enter it. Pending answers count
// as much as ends: a task that is still pending at age 40 s is evidence against every shorter duration.
//
// Forgetting: instead of decaying all the past at each new task, the weight of new tasks grows. Exposures are kept in
// difference form (each entry means "this much exposure of all bins up to here"), so that a pending answer that covers
// a hundred bins costs four additions.
#pragma once

#include <array>

#include "engine/schedule/age_grid.hpp"

namespace apimall::engine::schedule {

struct Evidence {
  std::array<float, kBins> events{};
  std::array<float, kBins> exposure_ends{};
  double weight = 1;   ///< of a task that ends now
  double mass = 0;     ///< Σ weight of ended tasks
  double log_sum = 0;  ///< Σ weight · ln duration

  /// How many tasks of today's weight the ended ones amount to.
  double tasks() const { return mass / weight; }

  /// A task was pending from one position to another.
  void expose(double from, double to);

  /// A task that was pending at `from` ended at `at`. It counts as exposed to the whole bin in which it ended.
  void end(double from, double at);

  /// A task ended somewhere in (from, to], bin b with chance share[b − first]; the shares add up to one.
  void end_within(double from, int first, const double* share, int count);

  /// Makes the next task weigh more by `factor`, which is to forget.
  void grow_weight(double factor);

  /// The exposures of all bins, in units of today's weight.
  std::array<float, kBins> exposures() const;

 private:
  void add_exposure_up_to(double position, double amount);
};

}  // namespace apimall::engine::schedule
