// The gateway's other answers: a new generation, the history, the balances.
#include <doctest/doctest.h>

#include "padded_body.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

template <typename Value>
Result<Value> read(Result<Value> (Parser::*function)(const Response&), std::string_view body, int status = 200) {
  const PaddedBody padded(body);
  Parser parser;
  return (parser.*function)(answer(status, padded.view()));
}

Result<Generation> generation(std::string_view body, int status = 200) {
  return read(&Parser::generation, body, status);
}
Result<ImageHistory> history(std::string_view body, int status = 200) { return read(&Parser::history, body, status); }
Result<AccountBalances> balances(std::string_view body, int status = 200) {
  return read(&Parser::balances, body, status);
}

}  // namespace

TEST_CASE("a generation is read field by field") {
  const std::string body = R"({"success":true,"data":{"task_id":"img_1","request_id":"prov_2","credits_used":8,)"
                           R"("remaining_credits":92,"model":"nano-banana"},"request_id":"req_3"})";
  const auto read = generation(body);
  REQUIRE(read);
  CHECK(read->task_id == "img_1");
  CHECK(read->provider_request_id == "prov_2");
  CHECK(read->request_id == "req_3");
  CHECK(read->credits_used == 8);
  CHECK(read->remaining_credits == 92);
  CHECK(read->model == "nano-banana");
  CHECK(read->json == body);
}

TEST_CASE("a generation needs its task id and nothing else") {
  const auto least = generation(R"({"data":{"task_id":"img_1"}})", 201);
  REQUIRE(least);
  CHECK(least->task_id == "img_1");
  CHECK_FALSE(least->model);
  CHECK_FALSE(least->credits_used);
  CHECK_FALSE(least->request_id);
  for (const std::string_view body :
       {R"({"success":true,"data":{"model":"m"}})", R"({"success":true,"data":{"task_id":null}})",
        R"({"success":true,"data":{"task_id":"img\ud800"}})", R"({"success":true,"data":{"task_id":""}})",
        R"({"success":true,"data":"img_1"})", R"({"success":true})", R"({"success":true,"data":{"task_id":"img_1"})",
        "", "<html>"}) {
    INFO(body);
    const auto none = generation(body);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Code::protocol);
    CHECK(none.error().retryable);
  }
}

TEST_CASE("refusals of a generation keep their meaning") {
  const auto poor = generation(R"({"success":false,"error":{"code":"insufficient_credits","message":"Top up"}})", 402);
  REQUIRE_FALSE(poor);
  CHECK(poor.error().code == Code::insufficient_credits);
  CHECK(poor.error().task_id.empty());
  CHECK(poor.error().message.find("Top up") != std::string::npos);
  const auto said_no = generation(R"({"success":false,"error":{"code":"rate_limited"}})");
  REQUIRE_FALSE(said_no);
  CHECK(said_no.error().code == Code::rate_limited);
  const auto lost = generation("", 404);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().message.find("base URL") != std::string::npos);
}

TEST_CASE("a history is read item by item") {
  const auto read = history(R"({"success":true,"data":{"items":[
    {"task_id":"img_1","model":"m","source":"api","created_at":"2026-03-12T09:30:00.000Z","status":"completed",
     "image_url":"https://cdn.apimall.ai/1.webp","credits_used":8,"credits_refunded":0,
     "completed_at":"2026-03-12T09:31:06.000Z"},
    {"task_id":"img_2","status":"upscaling","completed_at":null}],"page":2,"limit":50},"request_id":"req_1"})");
  REQUIRE(read);
  CHECK(read->page == 2);
  CHECK(read->page_size == 50);
  CHECK(read->request_id == "req_1");
  REQUIRE(read->items.size() == 2);
  const HistoryItem& first = read->items[0];
  CHECK(first.task_id == "img_1");
  CHECK(first.model == "m");
  CHECK(first.source == "api");
  CHECK(first.image_url == "https://cdn.apimall.ai/1.webp");
  CHECK(first.created_at == "2026-03-12T09:30:00.000Z");
  CHECK(first.created_at_ms == 1'773'307'800'000);
  CHECK(first.completed_at_ms == 1'773'307'866'000);
  CHECK(first.credits_used == 8);
  CHECK(first.credits_refunded == 0);
  CHECK(first.status == Status::completed);
  CHECK(read->items[1].status == Status::unknown);
  CHECK(read->items[1].status_text == "upscaling");
  CHECK_FALSE(read->items[1].completed_at);
  CHECK_FALSE(read->items[1].model);
}

TEST_CASE("history items that name no task are left out, the others kept") {
  const auto read = history(R"({"data":{"items":[null,7,"x",[],{},{"status":"failed"},{"task_id":null},{"task_id":""},)"
                            R"({"task_id":"a\ud800"},{"task_id":"a"},{"task_id":12}],"page":-1,"limit":1e400}})");
  REQUIRE(read);
  REQUIRE(read->items.size() == 2);
  CHECK(read->items[0].task_id == "a");
  CHECK_FALSE(read->items[0].status_text);
  CHECK(read->items[1].task_id == "12");
  CHECK(read->page == 0);
  CHECK(read->page_size == 0);
}

TEST_CASE("a history without items is not the answer, an empty one is") {
  CHECK(history(R"({"data":{"items":[]}})"));
  for (const std::string_view body : {R"({"data":{}})", R"({"data":{"items":null}})", R"({"data":{"items":{}}})",
                                      R"({"data":[]})", R"({"data":{"items":[{"task_id":"a"]}})", "[]"}) {
    INFO(body);
    const auto none = history(body);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Code::protocol);
  }
}

TEST_CASE("balances are read, each where it is told") {
  const auto both = balances(R"({"success":true,"data":{"credits":100,"api_credits":20},"request_id":"r"})");
  REQUIRE(both);
  CHECK(both->credits == 100);
  CHECK(both->api_credits == 20);
  CHECK(both->request_id == "r");
  const auto one = balances(R"({"data":{"api_credits":-5,"credits":1.5}})");
  REQUIRE(one);
  CHECK(one->api_credits == -5);
  CHECK_FALSE(one->credits);
  for (const std::string_view body : {R"({"data":{}})", R"({"data":{"credits":null}})", R"({"data":7})", "7"}) {
    INFO(body);
    const auto none = balances(body);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Code::protocol);
  }
}

TEST_CASE("one parser reads answers of all kinds in turn, however large the last one was") {
  Parser parser;
  for (int round = 0; round < 3; ++round) {
    const PaddedBody large(with("nano-banana", "\\n" + std::string(3 << 20, 'm')));
    CHECK(parser.image_task(answer(200, large.view()), documented_id));
    const PaddedBody broken("{\"a\":\"\xFF\"");
    CHECK_FALSE(parser.balances(answer(200, broken.view())));
    const PaddedBody small(R"({"data":{"credits":1}})");
    CHECK(parser.balances(answer(200, small.view())));
    const PaddedBody task(documented_body);
    CHECK(parser.image_task(answer(200, task.view()), documented_id));
  }
}

TEST_CASE("a sighting reads back as it was remembered") {
  Sighting sighting;
  sighting.task_id = "img_\"1\"\n\xC3\xA4";
  sighting.model = "m";
  sighting.status = Status::processing;
  sighting.created_at_ms = 1'773'307'800'000;
  sighting.updated_at_ms = 1'773'307'866'001;
  sighting.credits_used = -8;
  const ImageTaskRef task = recall(sighting);
  REQUIRE(task);
  CHECK(task->fields().task_id == sighting.task_id);
  CHECK(task->fields().model == "m");
  CHECK(task->fields().status == Status::processing);
  CHECK(task->fields().created_at == "2026-03-12T09:30:00.000Z");
  CHECK(task->fields().created_at_ms == sighting.created_at_ms);
  CHECK(task->fields().updated_at_ms == sighting.updated_at_ms);
  CHECK(task->fields().credits_used == -8);
  CHECK(task->result_urls().empty());
  CHECK(parse_image_task(task->json()));
}

TEST_CASE("a sighting of little, and of a status that nobody knows") {
  Sighting sighting;
  sighting.task_id = "t";
  REQUIRE(recall(sighting));
  CHECK(recall(sighting)->fields().status_text == "unknown");
  CHECK(recall(sighting)->json() == R"({"success":true,"data":{"task_id":"t","status":"unknown"}})");
  sighting.status_text = "upscaling";
  CHECK(recall(sighting)->fields().status_text == "upscaling");
  sighting.status = Status::failed;
  CHECK(recall(sighting)->fields().status_text == "failed");
  sighting.task_id = "a\xFF";
  CHECK(recall(sighting)->fields().task_id == "a\xEF\xBF\xBD");
  sighting.task_id = "";
  CHECK_FALSE(recall(sighting));
}
