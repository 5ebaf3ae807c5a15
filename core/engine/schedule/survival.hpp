// From evidence to a survival function.
//
// With few tasks seen, the raw hazard events / exposure is nearly all noise; with many, smoothing hides the modes. So
// there are three estimates, each pulled to the one before by a fixed small amount of imagined evidence:
//   prior   a broad log-logistic around the durations seen so far (15 s before any), counted as one task;
//   wide    evidence smoothed over 0.6·σ of log age, plus the prior;
//   narrow  evidence smoothed over σ·n^(−1/4), plus one imagined event at the wide hazard.
// σ is the width of the strongest mode, not of all durations: quality tiers and cold starts make several modes, and a
// bandwidth fit for their whole spread would blur each of them. (Narrower than the textbook's bandwidths, which
// minimise the error of a density: a plan suffers more from a mode that is smeared than from one that is ragged. Both
// were chosen by the simulation in tests/simulation/schedule, where the optimum is flat.)
#pragma once

#include <array>

#include "engine/schedule/age_grid.hpp"
#include "engine/schedule/evidence.hpp"

namespace apimall::engine::schedule {

/// The chance that a task outlives an age, as Λ = −ln S at the edges of the bins.
struct Survival {
  std::array<float, kBins + 1> cumulative_hazard{};

  /// Λ at a position, linear within a bin.
  double hazard_up_to(double position) const;
};

/// The best guess from the evidence; from none, the prior. O(bins).
Survival estimate(const Evidence& evidence);

}  // namespace apimall::engine::schedule
