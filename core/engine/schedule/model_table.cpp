#include "engine/schedule/model_table.hpp"

namespace apimall::engine::schedule {

ModelTable::ModelTable(double floor_price_s, double window) : floor_price_s_(floor_price_s), window_(window) {
  entries_.push_back({"", std::make_unique<ModelSchedule>(floor_price_s, window), 0, 0});
}

std::uint32_t ModelTable::find_or_make(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return kPool;
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    entries_[found->second].used = ++uses_;
    return found->second;
  }
  std::uint32_t model = kPool;
  if (entries_.size() < kMost) {
    model = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    for (std::uint32_t i = kPool + 1; i < entries_.size(); ++i) {
      if (entries_[i].watched == 0 && (model == kPool || entries_[i].used < entries_[model].used)) model = i;
    }
    if (model == kPool) return kPool;
    by_name_.erase(entries_[model].name);
  }
  entries_[model] = {std::string(name), std::make_unique<ModelSchedule>(floor_price_s_, window_), ++uses_, 0};
  by_name_.emplace(name, model);
  return model;
}

ModelSchedule& ModelTable::processing(std::uint32_t model) {
  auto& schedule = entries_[model].processing;
  if (!schedule) schedule = std::make_unique<ModelSchedule>(floor_price_s_, window_);
  return *schedule;
}

void ModelTable::hold(std::uint32_t model) {
  Entry& entry = entries_[model];
  entry.schedule->watched(++entry.watched);
}

void ModelTable::release(std::uint32_t model) {
  Entry& entry = entries_[model];
  entry.schedule->watched(--entry.watched);
  if (entry.watched > 0 || entries_.size() <= 64) return;  // a few models may stay ready
  entry.schedule->rest();
  if (entry.processing) entry.processing->rest();
}

}  // namespace apimall::engine::schedule
