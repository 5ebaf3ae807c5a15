// Records with stable addresses and small reusable numbers: what every table of the engine stands on.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace apimall::engine {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = UINT32_MAX;

template <typename T>
class Slab {
 public:
  template <typename... Args>
  Slot emplace(Args&&... args) {
    if (free_.empty()) {
      records_.emplace_back(std::forward<Args>(args)...);
      return static_cast<Slot>(records_.size() - 1);
    }
    const Slot slot = free_.back();
    records_[slot] = T(std::forward<Args>(args)...);
    free_.pop_back();
    return slot;
  }

  /// The number may be given out again from now on.
  void erase(Slot slot) {
    records_[slot] = T();
    free_.push_back(slot);
  }

  T& operator[](Slot slot) { return records_[slot]; }
  const T& operator[](Slot slot) const { return records_[slot]; }

  std::size_t size() const { return records_.size() - free_.size(); }

 private:
  std::deque<T> records_;
  std::vector<Slot> free_;
};

}  // namespace apimall::engine
