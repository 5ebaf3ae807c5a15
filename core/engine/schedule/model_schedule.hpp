// One model: what is learned of it, and the plans that follow from it.
//
// A plan belongs to a price. The prices are a ladder, floor · 2^rung; a rung's plan is made when a task first asks for
// it and lives until the next estimate. A model that has no tasks under watch keeps its evidence and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "engine/clock.hpp"
#include "engine/schedule/learner.hpp"
#include "engine/schedule/plan.hpp"

namespace apimall::engine::schedule {

inline constexpr int kRungs = 16;

/// A task that is past the axis of ages, or whose plan sees no end near, is polled all the same: after a quarter of its
/// age, but at the floor price never later than this, and at each rung above at most this much later.
inline constexpr double kLongestWait_s = 300;

class ModelSchedule {
 public:
  ModelSchedule(double floor_price_s, double window) : learner_(window), floor_price_s_(floor_price_s) {}

  /// The age at which the plan of a rung polls next, after a pending answer at a position. Rises with the rung.
  double next_age(int rung, double pending_position);

  void pending(double from, double to) { learner_.pending(believed().survival, from, to); }
  void ended(double counted_to, double seen_pending, double seen_ended, std::optional<double> at) {
    learner_.ended(believed().survival, counted_to, seen_pending, seen_ended, at);
  }

  /// Learns from what has come in, if that is worth it: after a tenth more evidence, and at most once per
  /// `at_most_every` unless the durations have just changed. Ages given by earlier plans are out of date after a true
  /// answer.
  bool learn(Instant now, Duration at_most_every);

  /// Whether so little is known that each estimate may differ much from the one before; also after a change of regime.
  bool young() const { return learner_.evidence().tasks() < 20; }

  /// How many tasks of the model are under watch. As long as it is young, each answer to one of many also tells when to
  /// ask the others, and is worth a higher price.
  void watched(std::uint32_t tasks);

  /// Counts the estimates made; wraps around.
  std::uint8_t epoch() const { return epoch_; }

  const Evidence& evidence() const { return learner_.evidence(); }
  void adopt(const Evidence& evidence);

  /// Forgets estimate and plans, which can be made again at any time.
  void rest() { beliefs_.reset(); }

 private:
  struct Beliefs {
    Survival survival;
    double floor_price_s;
    std::array<std::unique_ptr<const Plan>, kRungs> plans;
  };

  Beliefs& believed();
  const Plan& plan(int rung);
  void plan_anew();

  Learner learner_;
  std::unique_ptr<Beliefs> beliefs_;
  double floor_price_s_;
  Instant learned_at_ = Instant::min();
  std::uint8_t epoch_ = 0;
  bool crowded_ = false;
};

}  // namespace apimall::engine::schedule
