// Pollers through the C border: exactly one final event each, whatever happens.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "border.hpp"

using namespace apimall::test;

namespace {

void answer_completed(const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "completed")); }
void answer_processing(const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "processing")); }

}  // namespace

TEST_CASE("each submission ends in exactly one final event") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  std::set<uint64_t> open;
  for (uint64_t token = 0; token < 500; ++token) {
    const std::string id = "img_" + std::to_string(token);
    REQUIRE(poller.submit(waiting_for(id, token)) == APIMALL_OK);
    open.insert(token);
  }
  for (const Told& told : poller.finals(500)) {
    CHECK(told.code == APIMALL_OK);
    CHECK(told.status == APIMALL_STATUS_COMPLETED);
    CHECK(open.erase(told.token) == 1);
  }
  CHECK(open.empty());
  CHECK(poller.next(0).empty());
}

TEST_CASE("pollers of one client get their own events") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  TestPoller first(client);
  TestPoller second(client);
  REQUIRE(first.submit(waiting_for("img_same", 1)) == APIMALL_OK);
  REQUIRE(second.submit(waiting_for("img_same", 2)) == APIMALL_OK);
  CHECK(first.finals(1)[0].token == 1);
  CHECK(second.finals(1)[0].token == 2);
}

TEST_CASE("an event loop can watch the handle") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  intptr_t handle = -1;
  REQUIRE(apimall_poller_handle(poller, &handle) == APIMALL_OK);
  pollfd watched{static_cast<int>(handle), POLLIN, 0};
  CHECK(poll(&watched, 1, 0) == 0);
  REQUIRE(poller.submit(waiting_for("img_a", 1)) == APIMALL_OK);
  CHECK(poll(&watched, 1, 30'000) == 1);
  CHECK(poller.next(0).size() == 1);
  CHECK(poll(&watched, 1, 0) == 0);
}

TEST_CASE("a wake-up ends a read that has nothing to read") {
  ScriptedServer gateway(answer_processing);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  std::thread waker([&] { apimall_poller_wakeup(poller); });
  CHECK(poller.next(-1).empty());
  CHECK(poller.last_code == APIMALL_OK);
  waker.join();
}

TEST_CASE("a cancel that races with the answer still gives one final event") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  constexpr uint64_t count = 400;
  std::thread canceller([&] {
    std::mt19937 random(11);
    for (uint64_t i = 0; i < 2 * count; ++i) apimall_poller_cancel(poller, random() % count);
  });
  for (uint64_t token = 0; token < count; ++token) {
    REQUIRE(poller.submit(waiting_for("img_" + std::to_string(token), token)) == APIMALL_OK);
  }
  std::set<uint64_t> ended;
  for (const Told& told : poller.finals(count)) {
    CHECK(ended.insert(told.token).second);
    CHECK((told.code == APIMALL_OK || told.code == APIMALL_ERROR_CANCELLED));
    if (told.code == APIMALL_ERROR_CANCELLED) CHECK(told.task_id_of_error == "img_" + std::to_string(told.token));
  }
  canceller.join();
  CHECK(poller.next(0).empty());
}

TEST_CASE("submitting, cancelling, closing and reading race, and each submission still ends once") {
  std::atomic<int> answered{0};
  ScriptedServer gateway([&](const Seen& seen, Peer& peer) {
    peer.answer(200, "", task_json(id_of(seen), ++answered % 3 == 0 ? "processing" : "completed"));
  });
  for (int round = 0; round < 10; ++round) {
    TestClient client(gateway.url(), {"rate_per_second=100000", "rate_burst=1000"});
    TestPoller poller(client);
    constexpr uint64_t per_thread = 60;
    constexpr uint64_t submitters = 3;
    std::array<std::atomic<int>, per_thread * submitters> accepted{};
    std::atomic<int> submitted{0};
    std::vector<std::thread> threads;
    for (uint64_t mine = 0; mine < submitters; ++mine) {
      threads.emplace_back([&, mine] {
        for (uint64_t i = 0; i < per_thread; ++i) {
          const uint64_t token = mine * per_thread + i;
          const std::string id = "img_" + std::to_string(token);
          const int32_t code = poller.submit(waiting_for(id, token));
          ++submitted;
          if (code == APIMALL_OK) accepted[token] = 1;
          if (code != APIMALL_OK && code != APIMALL_ERROR_CLOSED) accepted[token] = -99;
        }
      });
    }
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        std::mt19937 random(static_cast<unsigned>(round * 2 + i));
        for (int k = 0; k < 200; ++k) apimall_poller_cancel(poller, random() % accepted.size());
      });
    }
    threads.emplace_back([&] {
      // Closes at a moment that differs from round to round, half of the times all of the client.
      while (submitted < round * 15) std::this_thread::yield();
      CHECK((round % 2 == 0 ? apimall_poller_close(poller) : apimall_client_close(client)) == APIMALL_OK);
    });
    std::array<int, per_thread * submitters> ended{};
    do {
      for (const Told& told : poller.next(-1)) ++ended[told.token];
    } while (poller.last_code != APIMALL_ERROR_CLOSED);
    for (std::thread& thread : threads) thread.join();
    for (size_t token = 0; token < ended.size(); ++token) CHECK(ended[token] == accepted[token]);
  }
}

TEST_CASE("a closed poller gives what it has, then says that it is closed") {
  ScriptedServer gateway(answer_processing);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  for (uint64_t token = 0; token < 50; ++token) {
    REQUIRE(poller.submit(waiting_for("img_" + std::to_string(token), token)) == APIMALL_OK);
  }
  REQUIRE(apimall_poller_close(poller) == APIMALL_OK);
  CHECK(poller.submit(waiting_for("img_late", 99)) == APIMALL_ERROR_CLOSED);
  for (const Told& told : poller.finals(50)) CHECK(told.code == APIMALL_ERROR_CLOSED);
  CHECK(poller.next(-1).empty());
  CHECK(poller.last_code == APIMALL_ERROR_CLOSED);
}

TEST_CASE("freeing a client ends the waits of its pollers and of its callers") {
  ScriptedServer gateway(answer_processing);
  TestClient client(gateway.url());
  TestPoller poller(client);
  REQUIRE(poller.submit(waiting_for("img_a", 1)) == APIMALL_OK);
  std::atomic<int32_t> blocked{-1};
  std::thread caller([&] {
    apimall_image_task* task = nullptr;
    blocked = apimall_wait_image_task(client, "img_b", APIMALL_STRLEN, nullptr, &task, nullptr);
    apimall_image_task_free(task);
  });
  while (gateway.seen().size() < 2) std::this_thread::yield();
  REQUIRE(apimall_client_close(client) == APIMALL_OK);
  caller.join();
  CHECK(blocked == APIMALL_ERROR_CLOSED);
  client.free();
  CHECK(poller.finals(1)[0].code == APIMALL_ERROR_CLOSED);
  CHECK(poller.submit(waiting_for("img_c", 2)) == APIMALL_ERROR_CLOSED);
}

TEST_CASE("a full queue is a code and not a wait") {
  ScriptedServer gateway(answer_processing);
  const TestClient client(gateway.url(), {"max_outstanding=2"});
  TestPoller poller(client);
  CHECK(poller.submit(waiting_for("img_a", 1)) == APIMALL_OK);
  CHECK(poller.submit(waiting_for("img_b", 2)) == APIMALL_OK);
  CHECK(poller.submit(waiting_for("img_c", 3)) == APIMALL_ERROR_QUEUE_FULL);
  apimall_poller_cancel(poller, 1);
  CHECK(poller.finals(1)[0].token == 1);
  CHECK(poller.submit(waiting_for("img_c", 3)) == APIMALL_OK);
}

TEST_CASE("progress is told before the end") {
  std::atomic<int> turn{0};
  ScriptedServer gateway([&](const Seen& seen, Peer& peer) {
    peer.answer(200, "", task_json(id_of(seen), turn++ == 0 ? "processing" : "completed"));
  });
  const TestClient client(gateway.url());
  TestPoller poller(client);
  auto submission = waiting_for("img_a", 1);
  submission.flags = APIMALL_FLAG_PROGRESS;
  REQUIRE(poller.submit(submission) == APIMALL_OK);
  const auto first = poller.next();
  REQUIRE(first.size() == 1);
  CHECK(first[0].type == APIMALL_EVENT_PROGRESS);
  CHECK(first[0].status == APIMALL_STATUS_PROCESSING);
  CHECK(poller.finals(1)[0].status == APIMALL_STATUS_COMPLETED);
}

TEST_CASE("the call-back tells of the first event and may be taken away") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  std::atomic<int> calls{0};
  TestPoller poller(client);
  REQUIRE(apimall_poller_set_notify(
              poller, [](void* data) { ++*static_cast<std::atomic<int>*>(data); }, &calls) == APIMALL_OK);
  REQUIRE(poller.submit(waiting_for("img_a", 1)) == APIMALL_OK);
  while (calls == 0) std::this_thread::yield();
  CHECK(poller.finals(1).size() == 1);
  REQUIRE(apimall_poller_set_notify(poller, nullptr, nullptr) == APIMALL_OK);
  CHECK(calls == 1);
}

TEST_CASE("bad submissions are refused with a reason") {
  ScriptedServer gateway(answer_completed);
  const TestClient client(gateway.url());
  TestPoller poller(client);
  const auto refuse = [&](auto change) {
    auto submission = waiting_for("img_a", 1);
    change(submission);
    apimall_error* error = nullptr;
    CHECK(apimall_poller_submit(poller, &submission, &error) == APIMALL_ERROR_INVALID_ARGUMENT);
    return Problem(error).message;
  };
  CHECK(refuse([](auto& s) { s.kind = 0; }).find("kind is 0") != std::string::npos);
  CHECK(refuse([](auto& s) { s.kind = 7; }).find("kind is 7") != std::string::npos);
  CHECK(refuse([](auto& s) { s.priority = 9; }).find("priority is 9") != std::string::npos);
  CHECK(refuse([](auto& s) { s.flags = 64; }).find("flags") != std::string::npos);
  CHECK(refuse([](auto& s) { s.timeout_ms = -5; }).find("timeout_ms is -5") != std::string::npos);
  CHECK(refuse([](auto& s) { s.size = 2; }).find("size") != std::string::npos);
  CHECK(refuse([](auto& s) { s.kind = APIMALL_WORK_DOWNLOAD; }).find("folder") != std::string::npos);
}

TEST_CASE("a forked child gets a clear answer from every handle, may free them, and can make a client of its own") {
  ScriptedServer gateway(answer_completed);
  TestClient client(gateway.url());
  apimall_poller* poller = nullptr;
  REQUIRE(apimall_poller_new(client, &poller, nullptr) == APIMALL_OK);
  const auto submission = waiting_for("img_a", 1);
  REQUIRE(apimall_poller_submit(poller, &submission, nullptr) == APIMALL_OK);

  const pid_t child = fork();
  if (child == 0) {
    int failures = 0;
    apimall_image_task* task = nullptr;
    failures += apimall_get_image_task(client, "img_b", 5, nullptr, &task, nullptr) != APIMALL_ERROR_FORKED;
    failures += apimall_poller_submit(poller, &submission, nullptr) != APIMALL_ERROR_FORKED;
    size_t count = 0;
    apimall_event event{};
    failures += apimall_poller_next(poller, &event, sizeof event, 1, -1, &count) != APIMALL_ERROR_FORKED;
    failures += apimall_poller_cancel(poller, 1) != APIMALL_ERROR_FORKED;
    failures += apimall_client_close(client) != APIMALL_ERROR_FORKED;
    failures += apimall_client_set_log(client, nullptr, nullptr) != APIMALL_ERROR_FORKED;
    auto stats = sized<apimall_stats>();
    failures += apimall_client_stats(client, &stats) != APIMALL_ERROR_FORKED;
    intptr_t handle = 7;
    failures += apimall_poller_handle(poller, &handle) != APIMALL_ERROR_FORKED || handle != -1;
    failures += apimall_poller_wakeup(poller) != APIMALL_ERROR_FORKED;
    failures += apimall_poller_set_notify(poller, nullptr, nullptr) != APIMALL_ERROR_FORKED;
    apimall_poller* late = nullptr;
    failures += apimall_poller_new(client, &late, nullptr) != APIMALL_ERROR_FORKED || late != nullptr;
    failures += apimall_poller_close(poller) != APIMALL_ERROR_FORKED;
    apimall_poller_free(poller);
    client.free();
#if !defined(__SANITIZE_THREAD__)  // which cannot follow a thread that a forked child starts
    {
      const TestClient own(gateway.url());
      failures += apimall_wait_image_task(own, "img_c", 5, nullptr, &task, nullptr) != APIMALL_OK;
      apimall_image_task_free(task);
    }
#endif
    _exit(failures);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  // The parent goes on as if nothing had happened.
  const auto second = waiting_for("img_d", 2);
  CHECK(apimall_poller_submit(poller, &second, nullptr) == APIMALL_OK);
  std::set<uint64_t> ended;
  while (ended.size() < 2) {
    apimall_event event{};
    size_t count = 0;
    REQUIRE(apimall_poller_next(poller, &event, sizeof event, 1, 30'000, &count) == APIMALL_OK);
    REQUIRE(count == 1);
    CHECK(event.code == APIMALL_OK);
    ended.insert(event.token);
    apimall_image_task_free(event.task);
  }
  apimall_poller_free(poller);
}
