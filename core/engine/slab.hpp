// Records with stable addresses and small reusable numbers: what every table of the engine stands on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace apimall::engine {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = UINT32_MAX;

/// Grows by whole chunks: nothing is moved, nothing is kept twice while it grows, and a record is two steps away.
template <typename T>
class Slab {
 public:
  template <typename... Args>
  Slot emplace(Args&&... args) {
    const bool is_new = free_.empty();
    if (is_new && used_ == chunks_.size() * records_per_chunk) chunks_.push_back(std::make_unique<Chunk>());
    const Slot slot = is_new ? used_ : free_.back();
    // Without arguments it is what it shall be: a record that is not in use is as it was made.
    if constexpr (sizeof...(Args) > 0) (*this)[slot] = T{std::forward<Args>(args)...};
    if (is_new) {
      ++used_;
    } else {
      free_.pop_back();
    }
    return slot;
  }

  /// The number may be given out again from now on.
  void erase(Slot slot) {
    (*this)[slot] = T();
    free_.push_back(slot);
  }

  T& operator[](Slot slot) { return (*chunks_[slot / records_per_chunk])[slot % records_per_chunk]; }
  const T& operator[](Slot slot) const { return (*chunks_[slot / records_per_chunk])[slot % records_per_chunk]; }

  std::size_t size() const { return used_ - free_.size(); }

 private:
  static constexpr Slot records_per_chunk = 128;
  using Chunk = std::array<T, records_per_chunk>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  Slot used_ = 0;
  std::vector<Slot> free_;
};

}  // namespace apimall::engine
