// The scheduler's test door: drives the shipped scheduler over JSON lines on stdin and stdout, one answer per line, so
// that a simulator in any language can judge it. No network, no clock: times in seconds come with each line.
//
// {"op":"configure","price":c,"seed":n}
// {"op":"next","model":m,"age":a,"new":[[duration|null,lo,hi],…]}   -> {"age":x}      one task, no rate limit
// {"op":"fleet","rate":r|null,"burst":b|null,"price":c,"seed":n}                      starts a fleet
// {"op":"add","id":i,"model":m,"now":t}
// {"op":"wake","now":t}                                             -> {"wake":t|null}
// {"op":"pick","now":t}                                             -> {"id":i|null}
// {"op":"pending","id":i,"now":t}  {"op":"done","id":i,"now":t,"duration":d|null}
// {"op":"throttled","id":i,"now":t,"retry_after":s|null}
//
// The answer is {} where none is given above, and {"error": "…"} for a line that makes no sense; the program then goes
// on. The scheduler draws no random numbers, so that seeds change nothing.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/rate_budget.hpp"
#include "engine/schedule/model_schedule.hpp"
#include "engine/scheduler.hpp"

namespace {

using apimall::engine::Duration;
using apimall::engine::Instant;
using apimall::engine::RateBudget;
using apimall::engine::Scheduler;
using apimall::engine::TaskSlot;
using apimall::engine::schedule::ModelSchedule;
using nlohmann::json;

constexpr double kRememberedAlone = 100;  // tasks, when one at a time is watched
constexpr double kRememberedFleet = 200;
constexpr double kDefaultPrice_s = 0.25;

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error(why); }

std::optional<double> optional_number(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || found->is_null()) return std::nullopt;
  if (!found->is_number() || !std::isfinite(found->get<double>())) refuse(std::string(key) + " is not a number");
  return found->get<double>();
}

double number(const json& line, const char* key) {
  const auto value = optional_number(line, key);
  if (!value) refuse(std::string(key) + " is missing");
  return *value;
}

std::string text(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end()) refuse(std::string(key) + " is missing");
  return found->is_string() ? found->get<std::string>() : found->dump();
}

/// Seconds as the engine's time. A tool may start at zero; times before that are zero.
Duration duration_of(double s) { return apimall::engine::from_seconds(std::clamp(s, 0.0, 1e9)); }
Instant instant_of(double s) { return Instant{duration_of(s)}; }

/// One task at a time, no limit: the learner and the plan alone.
class Alone {
 public:
  void configure(double price_s) {
    price_s_ = price_s;
    models_.clear();
  }

  json next(const json& line) {
    const double age = number(line, "age");
    const auto found = line.find("new");
    std::vector<Ended> news;
    if (found != line.end()) {
      if (!found->is_array()) refuse("new is not an array");
      for (const json& entry : *found) news.push_back(ended(entry));
    }
    auto& model = models_[text(line, "model")];
    if (!model) {
      model = std::make_unique<ModelSchedule>(price_s_, kRememberedAlone);
      model->next_age(0, 0);
    }
    using apimall::engine::schedule::position_of;
    for (const Ended& task : news) {
      std::optional<double> at;
      if (task.duration) at = position_of(*task.duration);
      model->ended(0, position_of(task.after), position_of(task.up_to), at);
      model->learn(Instant{}, Duration::zero());
    }
    constexpr double kLeastDistance_s = 0.2;
    const double next = model->next_age(0, position_of(age));
    return {{"age", std::max(next, age > 0 ? age + kLeastDistance_s : age)}};
  }

 private:
  struct Ended {
    std::optional<double> duration;
    double after;
    double up_to;
  };

  static Ended ended(const json& entry) {
    if (!entry.is_array() || entry.size() != 3 || !entry[1].is_number() || !entry[2].is_number() ||
        !(entry[0].is_number() || entry[0].is_null())) {
      refuse("an entry of new is not [duration|null, lo, hi]");
    }
    Ended result{std::nullopt, entry[1].get<double>(), entry[2].get<double>()};
    if (entry[0].is_number()) result.duration = entry[0].get<double>();
    return result;
  }

  double price_s_ = kDefaultPrice_s;
  std::map<std::string, std::unique_ptr<ModelSchedule>> models_;
};

class Fleet {
 public:
  Fleet(std::optional<double> rate, std::optional<double> burst, double price_s)
      : budget_({rate, burst}), scheduler_({price_s, kRememberedFleet}, budget_) {}

  json add(const json& line) {
    const std::string id = text(line, "id");
    const Instant now = instant_of(number(line, "now"));
    if (slots_.contains(id)) refuse("id is under watch already");
    const TaskSlot slot =
        scheduler_.add(scheduler_.model(text(line, "model")), apimall::engine::Priority::batch, now, now);
    if (slot == apimall::engine::no_task) refuse("too many tasks");
    slots_[id] = slot;
    if (slot >= ids_.size()) ids_.resize(slot + std::size_t{1});
    ids_[slot] = line.at("id");
    return json::object();
  }

  json wake(const json& line) {
    const Instant at = scheduler_.wake(instant_of(number(line, "now")));
    if (at == apimall::engine::never) return {{"wake", nullptr}};
    return {{"wake", static_cast<double>(at.time_since_epoch().count()) / 1e6}};
  }

  json pick(const json& line) {
    const TaskSlot slot = scheduler_.pick(instant_of(number(line, "now")));
    if (slot == apimall::engine::no_task) return {{"id", nullptr}};
    return {{"id", ids_[slot]}};
  }

  json pending(const json& line) {
    const Instant now = instant_of(number(line, "now"));
    const TaskSlot slot = find(line);
    budget_.accepted(now);
    scheduler_.pending(slot, now);
    return json::object();
  }

  json done(const json& line) {
    const Instant now = instant_of(number(line, "now"));
    const auto duration = optional_number(line, "duration");
    const TaskSlot slot = find(line);
    budget_.accepted(now);
    scheduler_.done(slot, now, duration ? std::optional(duration_of(*duration)) : std::nullopt);
    slots_.erase(text(line, "id"));
    return json::object();
  }

  json throttled(const json& line) {
    const Instant now = instant_of(number(line, "now"));
    const auto retry_after = optional_number(line, "retry_after");
    const TaskSlot slot = find(line);
    budget_.throttled(now, retry_after ? std::optional(duration_of(*retry_after)) : std::nullopt);
    scheduler_.throttled(slot, now);
    return json::object();
  }

 private:
  TaskSlot find(const json& line) const {
    const auto found = slots_.find(text(line, "id"));
    if (found == slots_.end()) refuse("id is not under watch");
    return found->second;
  }

  RateBudget budget_;
  Scheduler scheduler_;
  std::unordered_map<std::string, TaskSlot> slots_;
  std::vector<json> ids_;
};

class Door {
 public:
  json answer(const std::string& input) {
    const json line = json::parse(input);
    if (!line.is_object()) refuse("not an object");
    const std::string op = text(line, "op");
    if (op == "next") return alone_.next(line);
    if (op == "configure" || op == "fleet") {
      const double price_s = optional_number(line, "price").value_or(kDefaultPrice_s);
      if (op == "configure") {
        alone_.configure(price_s);
      } else {
        fleet_ = std::make_unique<Fleet>(optional_number(line, "rate"), optional_number(line, "burst"), price_s);
      }
      return json::object();
    }
    if (!fleet_) fleet_ = std::make_unique<Fleet>(std::nullopt, std::nullopt, kDefaultPrice_s);
    if (op == "add") return fleet_->add(line);
    if (op == "wake") return fleet_->wake(line);
    if (op == "pick") return fleet_->pick(line);
    if (op == "pending") return fleet_->pending(line);
    if (op == "done") return fleet_->done(line);
    if (op == "throttled") return fleet_->throttled(line);
    refuse("unknown op");
  }

 private:
  Alone alone_;
  std::unique_ptr<Fleet> fleet_;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  Door door;
  std::string line;
  while (std::getline(std::cin, line)) {
    json answer;
    try {
      answer = door.answer(line);
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    // Replaces what is no UTF-8: an error may quote the line.
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
  }
}
