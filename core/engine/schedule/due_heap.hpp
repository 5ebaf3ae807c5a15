// When each task wants attention next: a heap that knows where each task stands in it.
//
// A key is a time in ticks above the task's number, in one 64-bit word, so that one comparison decides and four
// children take 32 bytes. Tasks can be moved or taken out at any place in O(log tasks).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace apimall::engine::schedule {

class DueHeap {
 public:
  static constexpr int kTaskBits = 26;
  static constexpr std::uint64_t kLatest = (std::uint64_t{1} << (64 - kTaskBits)) - 1;
  static constexpr std::uint32_t kMostTasks = (std::uint32_t{1} << kTaskBits) - 1;

  bool empty() const { return keys_.empty(); }
  std::size_t size() const { return keys_.size(); }
  std::uint64_t first_time() const { return keys_.front() >> kTaskBits; }
  std::uint32_t first_task() const { return task_of(keys_.front()); }

  bool contains(std::uint32_t task) const { return task < where_.size() && where_[task] != kNowhere; }

  /// Puts the task at a time, wherever it was before.
  void set(std::uint32_t task, std::uint64_t time) {
    const std::uint64_t key = (std::min(time, kLatest) << kTaskBits) | task;
    if (task >= where_.size()) where_.resize(task + std::size_t{1}, kNowhere);
    std::size_t i = where_[task];
    if (i == kNowhere) {
      i = keys_.size();
      keys_.push_back(key);
    }
    settle(i, key);
  }

  void erase(std::uint32_t task) {
    if (!contains(task)) return;
    const std::size_t i = where_[task];
    where_[task] = kNowhere;
    const std::uint64_t last = keys_.back();
    keys_.pop_back();
    if (i < keys_.size()) settle(i, last);
  }

 private:
  static constexpr std::size_t kChildren = 4;
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  static std::uint32_t task_of(std::uint64_t key) { return static_cast<std::uint32_t>(key) & kMostTasks; }

  void place(std::size_t i, std::uint64_t key) {
    keys_[i] = key;
    where_[task_of(key)] = static_cast<std::uint32_t>(i);
  }

  /// Moves the hole at `i` up or down to where `key` belongs.
  void settle(std::size_t i, std::uint64_t key) {
    while (i > 0) {
      const std::size_t parent = (i - 1) / kChildren;
      if (keys_[parent] <= key) break;
      place(i, keys_[parent]);
      i = parent;
    }
    for (;;) {
      const std::size_t first = i * kChildren + 1;
      if (first >= keys_.size()) break;
      const std::size_t end = std::min(first + kChildren, keys_.size());
      const std::size_t least = end - first == kChildren ? least_of_four(first) : least_of(first, end);
      if (keys_[least] >= key) break;
      place(i, keys_[least]);
      i = least;
    }
    place(i, key);
  }

  std::size_t least_of(std::size_t first, std::size_t end) const {
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (keys_[child] < keys_[least]) least = child;
    }
    return least;
  }

  /// Which of four is least is anyone's guess, so a branch would be predicted wrongly: this compiles to none.
  std::size_t least_of_four(std::size_t first) const {
    const std::uint64_t* k = keys_.data() + first;
    const std::size_t left = k[1] < k[0];
    const std::size_t right = 2U + (k[3] < k[2]);
    return first + left + (right - left) * static_cast<std::size_t>(k[right] < k[left]);
  }

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> where_;
};

}  // namespace apimall::engine::schedule
