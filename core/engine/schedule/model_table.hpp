// The models known by name, bounded: names come from the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/schedule/model_schedule.hpp"

namespace apimall::engine::schedule {

/// Model 0 is the pool: tasks whose model is not known, and those that find no room. It learns from all tasks.
inline constexpr std::uint32_t kPool = 0;

class ModelTable {
 public:
  static constexpr std::size_t kMost = 1024;
  static constexpr std::size_t kLongestName = 256;

  ModelTable(double floor_price_s, double window);

  /// The model's number. A new name takes the place of the model used least recently, if none of its tasks is under
  /// watch, once the table is full; the pool if there is no such model.
  std::uint32_t find_or_make(std::string_view name);

  bool contains(std::uint32_t model) const { return model < entries_.size(); }
  ModelSchedule& operator[](std::uint32_t model) { return *entries_[model].schedule; }
  const ModelSchedule& operator[](std::uint32_t model) const { return *entries_[model].schedule; }
  /// The same model's durations from the beginning of its processing on.
  ModelSchedule& processing(std::uint32_t model);
  const std::string& name(std::uint32_t model) const { return entries_[model].name; }
  std::size_t size() const { return entries_.size(); }

  /// A task of the model comes under watch, or leaves it.
  void hold(std::uint32_t model);
  void release(std::uint32_t model);

 private:
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  struct Entry {
    std::string name;
    std::unique_ptr<ModelSchedule> schedule;
    std::uint64_t used = 0;
    std::uint32_t watched = 0;
    std::unique_ptr<ModelSchedule> processing = nullptr;  ///< made when first asked for
  };

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>> by_name_;
  std::uint64_t uses_ = 0;
  double floor_price_s_;
  double window_;
};

}  // namespace apimall::engine::schedule
