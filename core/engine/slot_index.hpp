// A hash index from keys to slots that stores neither: eight bytes an entry, the keys stay in the records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/slab.hpp"

namespace apimall::engine {

/// Open addressing with linear probing and backward-shift deletion. Several slots may share a key. The caller hands in
/// the key's hash and a predicate that looks at the record.
class SlotIndex {
 public:
  void insert(std::uint64_t hash, Slot slot) {
    if ((size_ + 1) * 5 > entries_.size() * 4) grow();
    place(fold(hash), slot);
    ++size_;
  }

  /// The first slot with this hash that `matches`, or `no_slot`.
  template <typename Matches>
  Slot find(std::uint64_t hash, Matches&& matches) const {
    if (entries_.empty()) return no_slot;
    const std::uint32_t folded = fold(hash);
    for (std::size_t i = folded & mask();; i = (i + 1) & mask()) {
      const Entry& entry = entries_[i];
      if (entry.slot == no_slot) return no_slot;
      if (entry.hash == folded && matches(entry.slot)) return entry.slot;
    }
  }

  void erase(std::uint64_t hash, Slot slot) {
    const std::uint32_t folded = fold(hash);
    std::size_t hole = folded & mask();
    while (entries_[hole].slot != slot) hole = (hole + 1) & mask();
    // Close the gap: an entry moves up unless that would put it before its own home.
    for (std::size_t i = (hole + 1) & mask(); entries_[i].slot != no_slot; i = (i + 1) & mask()) {
      const std::size_t home = entries_[i].hash & mask();
      if (((i - home) & mask()) >= ((i - hole) & mask())) {
        entries_[hole] = entries_[i];
        hole = i;
      }
    }
    entries_[hole] = Entry{};
    --size_;
  }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    Slot slot = no_slot;
  };

  static std::uint32_t fold(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ (hash >> 32)); }
  std::size_t mask() const { return entries_.size() - 1; }

  void place(std::uint32_t folded, Slot slot) {
    std::size_t i = folded & mask();
    while (entries_[i].slot != no_slot) i = (i + 1) & mask();
    entries_[i] = Entry{folded, slot};
  }

  void grow() {
    std::vector<Entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.slot != no_slot) place(entry.hash, entry.slot);
    }
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace apimall::engine
