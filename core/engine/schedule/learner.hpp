// Learns one model's durations as they come in, and notices when they change.
//
// Surprise: under the survival function that is believed, the number of ends minus the hazard passed through is a sum
// of steps with mean zero and variance equal to that hazard (a martingale). When it leaves three standard deviations,
// the past is a different regime: new tasks weigh twenty times as much from then on, and the old ones fade.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/schedule/evidence.hpp"
#include "engine/schedule/survival.hpp"

namespace apimall::engine::schedule {

class Learner {
 public:
  /// Remembers about the last `window` tasks.
  explicit Learner(double window) : window_(window) {}

  /// A task pending at the first position was still pending at the second.
  void pending(const Survival& believed, double from, double to);

  /// A task ended, in (seen_pending, seen_ended]. Exposure is counted from `counted_to`, which is as far as earlier
  /// calls of `pending` for this task went. `at` is where the gateway's timestamps put the end; it is clamped into the
  /// interval, and no longer listened to when it lies outside too often.
  void ended(const Survival& believed, double counted_to, double seen_pending, double seen_ended,
             std::optional<double> at);

  /// Whether a tenth of what is known has come in since `relearned`.
  bool has_news() const;
  /// Whether the durations have just changed, so that planning should not wait.
  bool has_new_regime() const { return new_regime_; }
  void relearned();

  const Evidence& evidence() const { return evidence_; }
  void adopt(const Evidence& evidence);

 private:
  double place_end(const Survival& believed, double counted_to, double after, double up_to);
  void be_surprised(double expected);

  Evidence evidence_;
  double window_;
  double surprise_ = 0;           ///< ends − expected ends, fading
  double surprise_variance_ = 0;  ///< expected ends, fading
  double news_ = 0;               ///< ends seen and ends expected since the last estimate
  double contradictions_ = 0;     ///< share of timestamps that contradict what was seen
  std::uint32_t ended_ = 0;       ///< tasks since the last change of regime
  double believed_tasks_ = 0;     ///< how many tasks the present estimate rests on
  bool new_regime_ = false;
};

}  // namespace apimall::engine::schedule
