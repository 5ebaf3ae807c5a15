// How a wait behaves, as a caller sees it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "virtual_gateway.hpp"

using namespace apimall;
using namespace apimall::test;
using engine::EventType;
using engine::Kind;

namespace {

const std::string id = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M";

engine::Submission wait_for(const std::string& task_id) {
  engine::Submission submission;
  submission.kind = Kind::wait;
  submission.task_id = task_id;
  return submission;
}

/// A task that waits in the gateway's queue for a while and is then processed for 20 s; only `updated_at` tells since
/// when. All of the gateway's times are those of its own clock, which its `Date` shows.
Reply queued_task(const std::string& task_id, Duration created, Duration queued, Duration elapsed) {
  constexpr UnixMillis epoch = 1'773'307'800'000;
  const auto time = [](Duration at) { return format_timestamp(epoch + at / 1ms); };
  const Duration began = created + queued;
  const Duration ended = began + 20s;
  std::string body = task_json(task_id, elapsed < began ? "pending" : elapsed < ended ? "processing" : "completed");
  const auto set = [&body](const std::string& field, const std::string& value) {
    const std::size_t at = body.find("\"" + field + "\":\"") + field.size() + 4;
    body.replace(at, body.find('"', at) - at, value);
  };
  set("created_at", time(created));
  set("updated_at", time(elapsed < began ? created : elapsed < ended ? began : ended));
  if (elapsed >= ended) set("completed_at", time(ended));
  const std::int64_t second = elapsed / 1s;
  char date[40];
  std::snprintf(date, sizeof date, "Date: Thu, 12 Mar 2026 %02d:%02d:%02d GMT",
                static_cast<int>(9 + (1800 + second) / 3600), static_cast<int>((1800 + second) / 60 % 60),
                static_cast<int>(second % 60));
  return Answer{200, body, {date}};
}

}  // namespace

TEST_CASE("a task that waited in a queue is asked by the time since its processing began") {
  VirtualGateway gateway;
  Duration created{};
  int polls_while_processed = 0;
  Duration delay{};
  for (int i = 0; i <= 30; ++i) {
    const std::string task_id = "img_" + std::to_string(1000 + i);
    const Duration queued = i == 30 ? Duration(90s) : Duration(std::chrono::seconds(7 * i % 120));
    created = gateway.elapsed();
    gateway.script(task_id, [=](Duration elapsed) { return queued_task(task_id, created, queued, elapsed); });
    const auto token = gateway.wait(task_id);
    gateway.run_to_end();
    REQUIRE(gateway.final(token).error == nullptr);
    const Duration began = created + queued;
    const auto polls = gateway.sent_at(task_id);
    polls_while_processed = static_cast<int>(
        std::count_if(polls.begin(), polls.end(), [&](Duration at) { return at >= began && at < began + 20s; }));
    delay = gateway.ended_at(token) - (began + 20s);
  }
  CHECK(polls_while_processed <= 2);  // the one that saw it begin, and one more at the most
  CHECK(delay < 3s);
}

TEST_CASE("a wait ends with the task when it is completed") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "pending"), task_answer(id, "processing"), task_answer(id, "completed")});
  const auto token = gateway.wait(id);
  gateway.run_to_end();
  const auto& event = gateway.final(token);
  CHECK(event.error == nullptr);
  CHECK(event.task->fields().status == Status::completed);
  CHECK(gateway.sent().size() == 3);
}

TEST_CASE("a failed task is an answer and not an error") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "failed")});
  const auto token = gateway.wait(id);
  gateway.run_to_end();
  CHECK(gateway.final(token).error == nullptr);
  CHECK(gateway.final(token).task->fields().error_message == "it did not work");
}

TEST_CASE("a status that nobody knows does not end a wait, and is told as it came") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "marinating"), task_answer(id, "completed")});
  auto submission = wait_for(id);
  submission.tell_changes = true;
  const auto token = gateway.submit(std::move(submission));
  gateway.run_to_end();
  REQUIRE(gateway.events.size() == 2);
  CHECK(gateway.events[0].type == EventType::progress);
  CHECK(gateway.events[0].task->fields().status == Status::unknown);
  CHECK(gateway.events[0].task->fields().status_text == "marinating");
  CHECK(gateway.final(token).task->fields().status == Status::completed);
}

TEST_CASE("progress is told once for each change of status, and for each poll only on request") {
  const auto count_progress = [](bool each_poll) {
    VirtualGateway gateway;
    gateway.script(id, {task_answer(id, "pending"), task_answer(id, "pending"), task_answer(id, "processing"),
                        task_answer(id, "processing"), task_answer(id, "completed")});
    auto submission = wait_for(id);
    submission.tell_changes = true;
    submission.tell_polls = each_poll;
    gateway.submit(std::move(submission));
    gateway.run_to_end();
    return gateway.events.size() - 1;
  };
  CHECK(count_progress(false) == 2);
  CHECK(count_progress(true) == 4);
}

TEST_CASE("a wait goes through every passing failure and ends with the task") {
  VirtualGateway gateway;
  gateway.script(
      id, {error_answer(429, {"Retry-After: 3"}),
           error_answer(429, {"Date: Thu, 12 Mar 2026 09:30:00 GMT", "Retry-After: Thu, 12 Mar 2026 09:30:07 GMT"}),
           error_answer(500), error_answer(502, {"Content-Type: text/html"}, "<html>Bad gateway</html>"),
           error_answer(503, {}, ""), Broken{}, Broken{Code::request_timed_out}, Answer{200, "{\"success\":tr", {}},
           Answer{200, "<html>Log in to the hotel's network</html>", {}}, task_answer(id, "completed")});
  const auto token = gateway.wait(id, 10min);
  gateway.run_to_end();
  CHECK(gateway.final(token).error == nullptr);
  const auto times = gateway.sent_at(id);
  REQUIRE(times.size() == 10);
  CHECK(times[1] - times[0] >= 3s);
  CHECK(times[2] - times[1] >= 7s);
  for (std::size_t i = 3; i < times.size(); ++i) CHECK(times[i] - times[i - 1] >= 200ms);
  CHECK(gateway.engine().statistics().rate_limited == 2);
}

TEST_CASE("failures in a row are given more and more time") {
  VirtualGateway gateway;
  gateway.script(id, {error_answer(500)});
  gateway.wait(id, 10min);
  gateway.run_to_end();
  const auto times = gateway.sent_at(id);
  REQUIRE(times.size() > 8);
  CHECK(times.size() < 40);
  for (std::size_t i = 7; i + 2 < times.size(); ++i) CHECK(times[i + 1] - times[i] >= 15s);
}

TEST_CASE("a deadline tells the task id, the last snapshot and that waiting again is free") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing")});
  const auto token = gateway.wait(id, 30s);
  gateway.run_to_end();
  const auto& event = gateway.final(token);
  REQUIRE(event.error != nullptr);
  CHECK(event.error->code == Code::deadline);
  CHECK(event.error->retryable);
  CHECK(event.error->task_id == id);
  CHECK(event.error->message.find(id) != std::string::npos);
  CHECK(event.error->message.find("costs nothing") != std::string::npos);
  REQUIRE(event.task);
  CHECK(event.task->fields().status == Status::processing);
  CHECK(gateway.ended_at(token) == 30s);
}

TEST_CASE("the last moment before a deadline is used, and nothing is polled after it") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing")});
  gateway.wait(id, 30s);
  gateway.run_to_end();
  gateway.run_for(60s);
  const auto times = gateway.sent_at(id);
  CHECK(times.back() < 30s);
  CHECK(times.back() >= 29s);
}

TEST_CASE("the last moment before a deadline is used even after failures that put off the next poll") {
  for (const auto timeout : {20s, 30s, 40s, 60s, 75s, 90s}) {
    VirtualGateway gateway;
    gateway.script(id, {Broken{}});
    const auto token = gateway.wait(id, timeout);
    gateway.run_to_end();
    CHECK(gateway.final(token).error->code == Code::deadline);
    CHECK(gateway.sent_at(id).back() >= timeout - 1s);
    CHECK(gateway.sent_at(id).back() < timeout);
  }
}

TEST_CASE("a Retry-After within the deadline does not end a wait, however long the back-off has become") {
  for (const auto timeout : {20s, 30s, 40s, 60s, 75s, 90s}) {
    VirtualGateway gateway;
    gateway.script(id, {error_answer(503, {"Retry-After: 1"})});
    const auto token = gateway.wait(id, timeout);
    gateway.run_to_end();
    CHECK(gateway.ended_at(token) > timeout - 1s);
  }
}

TEST_CASE("a deadline remembers what was seen before the gateway went silent") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing"), Broken{}});
  const auto token = gateway.wait(id, 60s);
  gateway.run_to_end();
  const auto& event = gateway.final(token);
  CHECK(event.error->code == Code::deadline);
  CHECK(event.error->message.find("broken by script") != std::string::npos);
  REQUIRE(event.task);
  CHECK(event.task->fields().task_id == id);
  CHECK(event.task->fields().model == "nano-banana");
  CHECK(event.task->fields().status == Status::processing);
}

TEST_CASE("a Retry-After beyond the deadline ends the wait at once and says when to come back") {
  VirtualGateway gateway;
  gateway.script(id, {error_answer(429, {"Retry-After: 3600"})});
  const auto token = gateway.wait(id, 60s);
  gateway.run_to_end();
  const auto& event = gateway.final(token);
  CHECK(event.error->code == Code::rate_limited);
  CHECK(event.error->task_id == id);
  CHECK(event.error->retry_after == std::chrono::milliseconds(3600s));
  CHECK(gateway.ended_at(token) < 1s);
}

TEST_CASE("a Retry-After of a server in trouble is obeyed as well") {
  VirtualGateway gateway;
  gateway.script(id, {error_answer(503, {"Retry-After: 90"}), task_answer(id, "completed")});
  gateway.wait(id, 10min);
  gateway.run_to_end();
  const auto times = gateway.sent_at(id);
  CHECK(times[1] - times[0] >= 90s);
}

TEST_CASE("one 429 holds back the whole fleet") {
  VirtualGateway gateway;
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert("img_fleet_" + std::to_string(i) + "_");
  for (const auto& each : ids) gateway.script(each, {task_answer(each, "processing"), task_answer(each, "completed")});
  gateway.script("img_throttled", {error_answer(429, {"Retry-After: 5"}), task_answer("img_throttled", "completed")});
  gateway.wait("img_throttled", 10min);
  gateway.run_for(100ms);
  const std::size_t before = gateway.sent().size();
  for (const auto& each : ids) gateway.wait(each, 10min);
  gateway.run_for(4800ms);
  CHECK(gateway.sent().size() == before);
  gateway.run_to_end();
  for (std::uint64_t token = 1; token <= 21; ++token) CHECK(gateway.final(token).error == nullptr);
}

TEST_CASE("what cannot change ends a wait at once") {
  for (const auto& [status, code] : {std::pair{401, Code::unauthorized},
                                     {402, Code::insufficient_credits},
                                     {403, Code::forbidden},
                                     {404, Code::not_found},
                                     {400, Code::invalid_request}}) {
    CAPTURE(status);
    VirtualGateway gateway;
    gateway.script(id, {error_answer(status)});
    const auto token = gateway.wait(id, 10min);
    gateway.run_to_end();
    CHECK(gateway.final(token).error->code == code);
    CHECK(gateway.final(token).error->task_id == id);
    CHECK(gateway.sent().size() == 1);
  }
}

TEST_CASE("a certificate that does not verify ends a wait at once") {
  VirtualGateway gateway;
  gateway.script(id, {Broken{Code::tls_failed, false, false}});
  const auto token = gateway.wait(id, 10min);
  gateway.run_to_end();
  CHECK(gateway.final(token).error->code == Code::tls_failed);
  CHECK(gateway.sent().size() == 1);
}

TEST_CASE("a gateway that never speaks the protocol is given up after a few tries, a get at once") {
  VirtualGateway gateway;
  gateway.script(id, {Answer{200, "<html>Log in to the hotel's network</html>", {}}});
  const auto wait = gateway.wait(id, 10min);
  gateway.run_to_end();
  CHECK(gateway.final(wait).error->code == Code::protocol);
  CHECK(gateway.final(wait).error->message.find("Log in") != std::string::npos);
  CHECK(gateway.sent().size() == 5);

  const auto get = gateway.get(id);
  gateway.run_to_end();
  CHECK(gateway.final(get).error->code == Code::protocol);
  CHECK(gateway.sent().size() == 6);
}

TEST_CASE("an answer about another task is not believed") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer("img_other", "completed"), task_answer(id, "failed")});
  const auto token = gateway.wait(id, 10min);
  gateway.run_to_end();
  CHECK(gateway.final(token).task->fields().status == Status::failed);
}

TEST_CASE("ten waits on one id cost one poll") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing"), task_answer(id, "completed")});
  std::vector<std::uint64_t> tokens;
  for (int i = 0; i < 10; ++i) tokens.push_back(gateway.wait(id));
  gateway.run_to_end();
  CHECK(gateway.sent().size() == 2);
  for (const auto token : tokens) CHECK(gateway.final(token).task->fields().status == Status::completed);
}

TEST_CASE("a get takes no answer to a request that was sent before it asked") {
  VirtualGateway gateway;
  Answer slow = task_answer(id, "pending");
  slow.latency = 1s;
  gateway.script(id, {slow, task_answer(id, "processing"), task_answer(id, "completed")});
  gateway.wait(id);
  gateway.run_for(500ms);
  const auto get = gateway.get(id);
  gateway.run_to_end();
  CHECK(gateway.final(get).task->fields().status == Status::processing);
}

TEST_CASE("a get retries what passes, within its retry budget") {
  VirtualGateway passing;
  passing.script(id, {error_answer(503), error_answer(500), task_answer(id, "processing")});
  const auto good = passing.get(id);
  passing.run_to_end();
  CHECK(passing.final(good).task->fields().status == Status::processing);

  VirtualGateway lasting;
  lasting.script(id, {error_answer(503)});
  const auto bad = lasting.get(id);
  lasting.run_to_end();
  CHECK(lasting.final(bad).error->code == Code::gateway_error);
  CHECK(lasting.final(bad).error->http_status == 503);
  CHECK(lasting.ended_at(bad) <= 11s);
  CHECK(lasting.sent().size() > 2);
}

TEST_CASE("a get without a retry budget ends with its first failure") {
  engine::Settings settings;
  settings.retry_timeout = 0s;
  VirtualGateway gateway(settings);
  gateway.script(id, {Broken{}});
  const auto token = gateway.get(id);
  gateway.run_to_end();
  CHECK(gateway.final(token).error->code == Code::connection_failed);
  CHECK(gateway.sent().size() == 1);
}

TEST_CASE("a get does not sit out a long Retry-After") {
  VirtualGateway gateway;
  gateway.script(id, {error_answer(429, {"Retry-After: 600"})});
  const auto first = gateway.get(id);
  gateway.run_to_end();
  CHECK(gateway.final(first).error->code == Code::rate_limited);
  const auto second = gateway.get(id);
  CHECK(gateway.final(second).error->code == Code::rate_limited);
  CHECK(gateway.final(second).error->retry_after > std::chrono::milliseconds(590s));
  CHECK(gateway.sent().size() == 1);
}

TEST_CASE("a cancelled wait ends once, keeps the id, and is not polled again") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing")});
  const auto token = gateway.wait(id);
  gateway.run_for(10s);
  gateway.engine().cancel(1, token, gateway.now());
  gateway.engine().cancel(1, token, gateway.now());
  gateway.run_for(0s);
  const std::size_t sent = gateway.sent().size();
  gateway.run_for(10min);
  CHECK(gateway.sent().size() == sent);
  CHECK(gateway.final(token).error->code == Code::cancelled);
  CHECK(gateway.final(token).error->task_id == id);
  CHECK(gateway.final(token).task->fields().status == Status::processing);
}

TEST_CASE("cancelling one of two waits leaves the other") {
  VirtualGateway gateway;
  gateway.script(id, {task_answer(id, "processing"), task_answer(id, "completed")});
  const auto first = gateway.wait(id);
  const auto second = gateway.wait(id);
  gateway.run_for(1s);
  gateway.engine().cancel(1, first, gateway.now());
  gateway.run_to_end();
  CHECK(gateway.final(first).error->code == Code::cancelled);
  CHECK(gateway.final(second).error == nullptr);
}

TEST_CASE("an answer that crosses a cancel is dropped") {
  VirtualGateway gateway;
  Answer slow = task_answer(id, "completed");
  slow.latency = 2s;
  gateway.script(id, {slow});
  const auto token = gateway.wait(id);
  gateway.run_for(1s);
  gateway.engine().cancel(1, token, gateway.now());
  gateway.run_for(10s);
  CHECK(gateway.final(token).error->code == Code::cancelled);
  CHECK(gateway.engine().in_flight() == 0);
}

TEST_CASE("closing ends everything that is outstanding") {
  VirtualGateway gateway;
  gateway.script("img_", {task_answer("img_x", "processing")});
  std::vector<std::uint64_t> tokens;
  for (int i = 0; i < 100; ++i) tokens.push_back(gateway.wait("img_" + std::to_string(i)));
  gateway.run_for(10ms);
  gateway.engine().close(1);
  gateway.run_for(1s);
  for (const auto token : tokens) CHECK(gateway.final(token).error->code == Code::closed);
  CHECK(gateway.engine().outstanding() == 0);
  CHECK(gateway.engine().in_flight() == 0);
}
