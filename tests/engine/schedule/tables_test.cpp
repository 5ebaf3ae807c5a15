#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/schedule/due_heap.hpp"
#include "engine/schedule/model_table.hpp"
#include "engine/schedule/rung_queues.hpp"

using namespace apimall::engine::schedule;

TEST_CASE("the due heap keeps the order of a set under random puts, moves and removals") {
  std::mt19937 random(1);
  DueHeap heap;
  std::set<std::pair<std::uint64_t, std::uint32_t>> naive;
  std::vector<std::uint64_t> time(300, 0);
  std::vector<bool> in(300, false);
  for (int i = 0; i < 30000; ++i) {
    const auto task = static_cast<std::uint32_t>(random() % 300);
    if (in[task]) naive.erase({time[task], task});
    if (random() % 4 == 0) {
      heap.erase(task);
      in[task] = false;
    } else {
      time[task] = random() % 1000;
      heap.set(task, time[task]);
      naive.insert({time[task], task});
      in[task] = true;
    }
    REQUIRE(heap.size() == naive.size());
    REQUIRE(heap.contains(task) == in[task]);
    if (naive.empty()) continue;
    REQUIRE(heap.first_time() == naive.begin()->first);
    REQUIRE(heap.first_task() == naive.begin()->second);
  }
}

TEST_CASE("rung queues are first in, first out, the highest first, with removal from the middle") {
  std::mt19937 random(2);
  RungQueues queues;
  std::vector<std::vector<std::uint32_t>> naive(RungQueues::kQueues);
  std::vector<int> where(200, -1);
  for (int i = 0; i < 30000; ++i) {
    const auto task = static_cast<std::uint32_t>(random() % where.size());
    if (where[task] >= 0) {
      queues.erase(where[task], task);
      std::erase(naive[static_cast<std::size_t>(where[task])], task);
      where[task] = -1;
    } else {
      where[task] = static_cast<int>(random() % RungQueues::kQueues);
      queues.push(where[task], task);
      naive[static_cast<std::size_t>(where[task])].push_back(task);
    }
    int highest = RungQueues::kQueues - 1;
    while (highest >= 0 && naive[static_cast<std::size_t>(highest)].empty()) --highest;
    REQUIRE(queues.empty() == (highest < 0));
    if (highest < 0) continue;
    REQUIRE(queues.highest() == highest);
    REQUIRE(queues.head(highest) == naive[static_cast<std::size_t>(highest)].front());
  }
}

TEST_CASE("a million model names take no more room than a thousand") {
  ModelTable models(0.25, 200);
  const auto kept = models.find_or_make("kept");
  models.hold(kept);
  for (int i = 0; i < 20'000; ++i) {
    CHECK(models.find_or_make("name " + std::to_string(i)) != kept);
  }
  CHECK(models.size() == ModelTable::kMost);
  CHECK(models.find_or_make("kept") == kept);  // one with tasks under watch never gives way
  CHECK(models.find_or_make(std::string(100'000, 'x')) == kPool);
}

TEST_CASE("names pool when no model can give way") {
  ModelTable models(0.25, 200);
  for (std::size_t i = 1; i < ModelTable::kMost; ++i) models.hold(models.find_or_make(std::to_string(i)));
  CHECK(models.find_or_make("one more") == kPool);
  models.release(models.find_or_make("7"));
  CHECK(models.find_or_make("one more") != kPool);
}
