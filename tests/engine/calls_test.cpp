// Generate, history and balances: what is asked again, and what never is.
#include <doctest/doctest.h>

#include "virtual_gateway.hpp"

using namespace apimall;
using namespace apimall::test;
using engine::Kind;

namespace {

engine::Submission generate() {
  engine::Submission submission;
  submission.kind = Kind::generate;
  submission.more = std::make_unique<engine::Particulars>();
  submission.more->body = R"({"model":"nano-banana","prompt":"a kite"})";
  return submission;
}

engine::Submission balances() {
  engine::Submission submission;
  submission.kind = Kind::balances;
  return submission;
}

const Answer accepted{200,
                      R"({"success":true,"data":{"task_id":"img_new","request_id":"prov_1","credits_used":8,)"
                      R"("remaining_credits":92,"model":"nano-banana"},"request_id":"req_1"})",
                      {}};
const Answer balance{200, R"({"success":true,"data":{"credits":100,"api_credits":50},"request_id":"req_2"})", {}};

Code code_of(const engine::Event& event) { return event.error ? event.error->code : Code::ok; }

}  // namespace

TEST_CASE("a generation gives its task id") {
  VirtualGateway gateway;
  gateway.script("generate", {accepted});
  const auto token = gateway.submit(generate());
  gateway.run_to_end();
  const auto& answer = std::get<std::unique_ptr<Generation>>(gateway.final(token).answer);
  CHECK(answer->task_id == "img_new");
  CHECK(answer->credits_used == 8);
}

TEST_CASE("a generation is asked again when it surely was not accepted") {
  for (const Reply& refusal : {Reply(Broken{Code::connection_failed, false, true}), Reply(error_answer(429)),
                               Reply(error_answer(429, {"Retry-After: 2"}))}) {
    VirtualGateway gateway;
    gateway.script("generate", {refusal, accepted});
    const auto token = gateway.submit(generate());
    gateway.run_to_end();
    CHECK(code_of(gateway.final(token)) == Code::ok);
    CHECK(gateway.sent().size() == 2);
  }
}

TEST_CASE("a generation that may have been accepted is never sent twice, and the error says so") {
  for (const Reply& doubt : {Reply(Broken{Code::connection_failed, true, true}), Reply(Broken{Code::request_timed_out}),
                             Reply(error_answer(500)), Reply(error_answer(502, {}, "<html>")), Reply(error_answer(503)),
                             Reply(Answer{200, "{\"success\":tr", {}})}) {
    VirtualGateway gateway;
    gateway.script("generate", {doubt, accepted});
    const auto token = gateway.submit(generate());
    gateway.run_to_end();
    REQUIRE(gateway.final(token).error != nullptr);
    CHECK(gateway.final(token).error->message.find("charged twice") != std::string::npos);
    CHECK_FALSE(gateway.final(token).error->retryable);
    CHECK(gateway.sent().size() == 1);
  }
}

TEST_CASE("a refused generation is refused without doubt") {
  VirtualGateway gateway;
  gateway.script("generate", {error_answer(402)});
  const auto token = gateway.submit(generate());
  gateway.run_to_end();
  CHECK(code_of(gateway.final(token)) == Code::insufficient_credits);
  CHECK(gateway.final(token).error->message.find("charged twice") == std::string::npos);
}

TEST_CASE("a generation already sent is not cancelled, for its task id must not be lost") {
  VirtualGateway gateway;
  Answer slow = accepted;
  slow.latency = 3s;
  gateway.script("generate", {slow});
  const auto token = gateway.submit(generate());
  gateway.run_for(1s);
  gateway.engine().cancel(1, token, gateway.now());
  gateway.run_to_end();
  CHECK(code_of(gateway.final(token)) == Code::ok);
}

TEST_CASE("too many jobs at once do not slow down the polls") {
  VirtualGateway gateway;
  gateway.script("generate", {error_answer(429), accepted});
  gateway.script("img_a", {task_answer("img_a", "processing"), task_answer("img_a", "completed")});
  gateway.submit(generate());
  const auto wait = gateway.wait("img_a");
  gateway.run_to_end();
  CHECK(gateway.final(wait).error == nullptr);
  CHECK(gateway.sent_at("img_a").front() == 0ms);
}

TEST_CASE("other calls are retried within their budget, then end with the last error") {
  VirtualGateway passing;
  passing.script("balances", {error_answer(500), Broken{}, balance});
  const auto good = passing.submit(balances());
  passing.run_to_end();
  CHECK(std::get<std::unique_ptr<AccountBalances>>(passing.final(good).answer)->credits == 100);
  CHECK(passing.engine().statistics().retries == 2);

  VirtualGateway lasting;
  lasting.script("balances", {error_answer(500)});
  const auto bad = lasting.submit(balances());
  lasting.run_to_end();
  CHECK(code_of(lasting.final(bad)) == Code::gateway_error);
  CHECK(lasting.ended_at(bad) <= 10s);

  engine::Settings no_retries;
  no_retries.retry_timeout = 0s;
  VirtualGateway strict(no_retries);
  strict.script("balances", {error_answer(500)});
  strict.submit(balances());
  strict.run_to_end();
  CHECK(strict.sent().size() == 1);
}

TEST_CASE("a call held back for longer than its budget ends at once, unsent, and says when") {
  VirtualGateway gateway;
  gateway.script("img_a", {error_answer(429, {"Retry-After: 100"}), task_answer("img_a", "completed")});
  gateway.script("balances", {balance});
  gateway.wait("img_a");
  gateway.run_for(1s);
  const auto token = gateway.submit(balances());
  CHECK(code_of(gateway.final(token)) == Code::rate_limited);
  CHECK(gateway.final(token).error->retry_after > std::chrono::milliseconds(90s));
  CHECK(gateway.sent_at("balances").empty());
}

TEST_CASE("a call with a timeout of its own ends at it") {
  VirtualGateway gateway;
  Answer slow = balance;
  slow.latency = 20s;
  gateway.script("balances", {slow});
  auto submission = balances();
  submission.timeout = 5s;
  const auto token = gateway.submit(std::move(submission));
  gateway.run_to_end();
  CHECK(code_of(gateway.final(token)) == Code::deadline);
  CHECK(gateway.ended_at(token) == 5s);
  CHECK(gateway.engine().in_flight() == 0);
}

TEST_CASE("a call that was retried still ends at its timeout") {
  VirtualGateway gateway;
  Answer slow = balance;
  slow.latency = 60s;
  gateway.script("balances", {error_answer(500), slow});
  auto submission = balances();
  submission.timeout = 5s;
  const auto token = gateway.submit(std::move(submission));
  gateway.run_to_end();
  CHECK(code_of(gateway.final(token)) == Code::deadline);
  CHECK(gateway.ended_at(token) == 5s);
}

TEST_CASE("calls and polls share the requests that a known rate allows") {
  engine::Settings settings;
  settings.rate_per_second = 10;
  settings.rate_burst = 1;
  VirtualGateway gateway(settings);
  gateway.script("balances", {balance});
  gateway.script("img_", {task_answer("img_", "processing")});
  for (int i = 0; i < 100; ++i) gateway.submit(balances());
  for (int i = 0; i < 10; ++i) gateway.wait("img_" + std::to_string(i), 60s);
  gateway.run_for(5s);
  CHECK(gateway.sent().size() <= 51);
  CHECK(gateway.sent().size() >= 49);
  CHECK(gateway.sent_at("img_").size() >= 10);
  CHECK(gateway.sent_at("balances").size() >= 30);
}
