#include "engine/timer_heap.hpp"

#include <algorithm>

namespace apimall::engine {

void TimerHeap::set(Slot slot, Instant at) {
  if (at == never) return clear(slot);
  if (slot >= position_.size()) position_.resize(std::size_t{slot} + 1, absent);
  const Entry entry{at, slot};
  const std::uint32_t index = position_[slot];
  if (index == absent) {
    heap_.push_back(entry);
    rise(heap_.size() - 1, entry);
  } else if (at < heap_[index].at) {
    rise(index, entry);
  } else {
    sink(index, entry);
  }
}

void TimerHeap::clear(Slot slot) {
  if (slot < position_.size() && position_[slot] != absent) remove_at(position_[slot]);
}

Slot TimerHeap::pop_due(Instant now) {
  if (heap_.empty() || heap_.front().at > now) return no_slot;
  const Slot slot = heap_.front().slot;
  remove_at(0);
  return slot;
}

void TimerHeap::place(std::size_t index, Entry entry) {
  heap_[index] = entry;
  position_[entry.slot] = static_cast<std::uint32_t>(index);
}

void TimerHeap::rise(std::size_t index, Entry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / arity;
    if (heap_[parent].at <= entry.at) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, entry);
}

void TimerHeap::sink(std::size_t index, Entry entry) {
  for (;;) {
    const std::size_t first = index * arity + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + arity, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (heap_[child].at < heap_[least].at) least = child;
    }
    if (heap_[least].at >= entry.at) break;
    place(index, heap_[least]);
    index = least;
  }
  place(index, entry);
}

void TimerHeap::remove_at(std::size_t index) {
  position_[heap_[index].slot] = absent;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && last.at < heap_[(index - 1) / arity].at) {
    rise(index, last);
  } else {
    sink(index, last);
  }
}

}  // namespace apimall::engine
