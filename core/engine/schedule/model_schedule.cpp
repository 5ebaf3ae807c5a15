#include "engine/schedule/model_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace apimall::engine::schedule {
namespace {

constexpr std::uint32_t kCrowd = 8;
constexpr double kWorthToCrowd = 4;  // chosen by simulation, where 2 to 8 do about as well

}  // namespace

ModelSchedule::Beliefs& ModelSchedule::believed() {
  if (!beliefs_) {
    beliefs_ = std::make_unique<Beliefs>();
    beliefs_->survival = estimate(learner_.evidence());
    plan_anew();
    learner_.relearned();
    ++epoch_;
  }
  return *beliefs_;
}

const Plan& ModelSchedule::plan(int rung) {
  Beliefs& beliefs = believed();
  auto& plan = beliefs.plans[static_cast<std::size_t>(rung)];
  if (!plan) plan = std::make_unique<const Plan>(beliefs.survival, std::ldexp(beliefs.floor_price_s, rung));
  return *plan;
}

void ModelSchedule::plan_anew() {
  beliefs_->floor_price_s = crowded_ && young() ? floor_price_s_ / kWorthToCrowd : floor_price_s_;
  for (auto& plan : beliefs_->plans) plan.reset();
}

void ModelSchedule::watched(std::uint32_t tasks) {
  if (crowded_ == (tasks >= kCrowd)) return;
  crowded_ = !crowded_;
  if (beliefs_ && young()) plan_anew();
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
  plan_anew();
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
