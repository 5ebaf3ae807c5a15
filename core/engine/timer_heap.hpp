// At most one timer per slot, in a 4-ary heap that knows where each slot stands: setting, moving and clearing cost
// O(log n), and nothing stale stays behind.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clock.hpp"
#include "engine/slab.hpp"

namespace apimall::engine {

class TimerHeap {
 public:
  /// Sets or moves the timer of `slot`; `never` clears it.
  void set(Slot slot, Instant at);
  void clear(Slot slot);

  Instant next() const { return heap_.empty() ? never : heap_.front().at; }

  /// Takes out the slot whose timer is due first, or `no_slot` when none is due at `now`.
  Slot pop_due(Instant now);

 private:
  struct Entry {
    Instant at;
    Slot slot;
  };
  static constexpr std::size_t arity = 4;
  static constexpr std::uint32_t absent = UINT32_MAX;

  void place(std::size_t index, Entry entry);
  void rise(std::size_t index, Entry entry);
  void sink(std::size_t index, Entry entry);
  void remove_at(std::size_t index);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> position_;  // by slot
};

}  // namespace apimall::engine
