// The ways to read a poller's events.
#include <doctest/doctest.h>
#include <poll.h>

#include <array>
#include <thread>
#include <vector>

#include "client/event_queue.hpp"

using namespace apimall;
using namespace std::chrono_literals;

namespace {

std::vector<engine::Event> events(std::initializer_list<std::uint64_t> tokens) {
  std::vector<engine::Event> made(tokens.size());
  std::size_t i = 0;
  for (const auto token : tokens) made[i++].token = token;
  return made;
}

void push(EventQueue& queue, std::initializer_list<std::uint64_t> tokens) {
  auto made = events(tokens);
  queue.push(made);
}

bool is_readable(EventQueue& queue) {
  pollfd watched{static_cast<int>(queue.handle()), POLLIN, 0};
  return poll(&watched, 1, 0) == 1;
}

struct Taken {
  EventQueue::State state;
  std::vector<std::uint64_t> tokens;
};

Taken take(EventQueue& queue, std::size_t capacity = 8, std::optional<std::chrono::milliseconds> timeout = 0ms) {
  std::vector<engine::Event> out(capacity);
  std::size_t count = 0;
  Taken taken{queue.next(out, timeout, count), {}};
  for (std::size_t i = 0; i < count; ++i) taken.tokens.push_back(out[i].token);
  return taken;
}

}  // namespace

TEST_CASE("events come in order, in batches") {
  EventQueue queue;
  push(queue, {1, 2, 3});
  push(queue, {4});
  CHECK(take(queue, 2).tokens == std::vector<std::uint64_t>{1, 2});
  CHECK(take(queue).tokens == std::vector<std::uint64_t>{3, 4});
  CHECK(take(queue).tokens.empty());
}

TEST_CASE("the handle is readable exactly while there is something to take") {
  EventQueue queue;
  CHECK_FALSE(is_readable(queue));
  push(queue, {1, 2});
  CHECK(is_readable(queue));
  take(queue, 1);
  CHECK(is_readable(queue));
  take(queue, 1);
  CHECK_FALSE(is_readable(queue));
}

TEST_CASE("a handle that is asked for late knows of what came before") {
  EventQueue queue;
  push(queue, {1});
  CHECK(is_readable(queue));
}

TEST_CASE("a wake-up ends one wait, also one that has not begun") {
  EventQueue queue;
  queue.wakeup();
  CHECK(is_readable(queue));
  CHECK(take(queue, 8, std::nullopt).tokens.empty());
  CHECK_FALSE(is_readable(queue));

  std::thread waiting([&] { take(queue, 8, std::nullopt); });
  queue.wakeup();
  waiting.join();
}

TEST_CASE("a wake-up is kept for the next call that would wait") {
  EventQueue queue;
  push(queue, {1});
  queue.wakeup();
  CHECK(take(queue, 8, std::nullopt).tokens.size() == 1);
  REQUIRE(is_readable(queue));
  CHECK(take(queue, 8, std::nullopt).tokens.empty());
  CHECK_FALSE(is_readable(queue));
}

TEST_CASE("a call-back that comes late is told at once of what waits") {
  EventQueue queue;
  int calls = 0;
  push(queue, {1});
  queue.set_notify([](void* data) { ++*static_cast<int*>(data); }, &calls);
  CHECK(calls == 1);
  push(queue, {2});
  CHECK(calls == 1);
  take(queue);
  queue.set_notify([](void* data) { ++*static_cast<int*>(data); }, &calls);
  CHECK(calls == 1);
}

TEST_CASE("what is left can be read after the close, and then the end is told") {
  EventQueue queue;
  push(queue, {1});
  queue.close();
  CHECK(is_readable(queue));
  const Taken last = take(queue, 8, std::nullopt);
  CHECK(last.state == EventQueue::State::open);
  CHECK(last.tokens.size() == 1);
  CHECK(take(queue, 8, std::nullopt).state == EventQueue::State::closed);
  CHECK(is_readable(queue));
}

TEST_CASE("the call-back comes on the edge from empty to not empty") {
  EventQueue queue;
  int calls = 0;
  queue.set_notify([](void* data) { ++*static_cast<int*>(data); }, &calls);
  push(queue, {1});
  push(queue, {2});
  CHECK(calls == 1);
  take(queue);
  push(queue, {3});
  CHECK(calls == 2);
  queue.set_notify(nullptr, nullptr);
  take(queue);
  push(queue, {4});
  CHECK(calls == 2);
}

TEST_CASE("no event is lost or doubled between one writer and many readers") {
  EventQueue queue;
  constexpr std::uint64_t count = 20'000;
  std::array<std::vector<std::uint64_t>, 3> read;
  std::vector<std::thread> readers;
  for (auto& mine : read) {
    readers.emplace_back([&queue, &mine] {
      for (;;) {
        const Taken taken = take(queue, 16, std::nullopt);
        mine.insert(mine.end(), taken.tokens.begin(), taken.tokens.end());
        if (taken.state == EventQueue::State::closed) return;
      }
    });
  }
  for (std::uint64_t token = 0; token < count; ++token) push(queue, {token});
  queue.close();
  for (auto& reader : readers) reader.join();
  std::vector<bool> seen(count, false);
  std::size_t total = 0;
  for (const auto& mine : read) {
    for (const auto token : mine) {
      CHECK_FALSE(seen[token]);
      seen[token] = true;
      ++total;
    }
  }
  CHECK(total == count);
}
