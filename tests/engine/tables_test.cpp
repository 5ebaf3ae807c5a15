// The engine's own containers, against plain ones.
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "engine/hash.hpp"
#include "engine/slot_index.hpp"
#include "engine/timer_heap.hpp"

using namespace apimall::engine;

TEST_CASE("a timer heap gives slots in the order of their times, however they are set, moved and cleared") {
  std::mt19937 random(7);
  TimerHeap heap;
  std::map<Slot, Instant> plain;
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<Slot>(random() % 300);
    const Instant at{Duration(random() % 1000)};
    switch (random() % 3) {
      case 0:
        heap.set(slot, at);
        plain[slot] = at;
        break;
      case 1:
        heap.clear(slot);
        plain.erase(slot);
        break;
      default: {
        Instant first = never;
        for (const auto& [_, due] : plain) first = std::min(first, due);
        REQUIRE(heap.next() == first);
        const Slot popped = heap.pop_due(at);
        if (first > at) {
          REQUIRE(popped == no_slot);
        } else {
          REQUIRE(plain.at(popped) == first);
          plain.erase(popped);
        }
      }
    }
  }
}

TEST_CASE("a slot index finds what is in it and nothing else, also with colliding hashes") {
  std::mt19937 random(7);
  SlotIndex index;
  std::map<Slot, std::uint64_t> plain;
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<Slot>(random() % 500);
    const std::uint64_t key = slot % 40;
    const auto found = plain.find(slot);
    if (found == plain.end()) {
      index.insert(mix(key), slot);
      plain[slot] = key;
    } else {
      index.erase(mix(key), slot);
      plain.erase(found);
    }
    const auto probe = static_cast<Slot>(random() % 500);
    const Slot answer = index.find(mix(probe % 40), [&](Slot candidate) { return candidate == probe; });
    REQUIRE((answer == probe) == plain.contains(probe));
  }
}
