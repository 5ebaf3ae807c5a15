#include "engine/schedule/model_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace apimall::engine::schedule {

ModelSchedule::Beliefs& ModelSchedule::believed() {
  if (!beliefs_) {
    beliefs_ = std::make_unique<Beliefs>();
    beliefs_->survival = estimate(learner_.evidence());
    learner_.relearned();
    ++epoch_;
  }
  return *beliefs_;
}

const Plan& ModelSchedule::plan(int rung) {
  Beliefs& beliefs = believed();
  auto& plan = beliefs.plans[static_cast<std::size_t>(rung)];
  if (!plan) plan = std::make_unique<const Plan>(beliefs.survival, std::ldexp(floor_price_s_, rung));
  return *plan;
}

double ModelSchedule::next_age(int rung, double pending_position) {
  const double longest = kLongestWait_s * (rung + 1);
  if (pending_position >= kBins) {
    const double age = age_at(pending_position);
    return age + std::min(0.25 * age * std::exp2(0.5 * rung), longest);
  }
  const double next = plan(rung).next_age(pending_position);
  if (next <= longest) return next;
  return std::min(next, age_at(pending_position) + longest);
}

bool ModelSchedule::learn(Instant now, Duration at_most_every) {
  if (!learner_.has_news() || !beliefs_) return false;
  if (!learner_.has_new_regime() && learned_at_ != Instant::min() && now < later(learned_at_, at_most_every))
    return false;
  learned_at_ = now;
  beliefs_->survival = estimate(learner_.evidence());
  for (auto& plan : beliefs_->plans) plan.reset();
  learner_.relearned();
  ++epoch_;
  return true;
}

void ModelSchedule::adopt(const Evidence& evidence) {
  learner_.adopt(evidence);
  beliefs_.reset();
  ++epoch_;
}

}  // namespace apimall::engine::schedule
