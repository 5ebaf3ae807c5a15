// Downloads: the fetch is repeated, the generation never; expired URLs are asked for anew, once.
#include <doctest/doctest.h>

#include "virtual_gateway.hpp"

using namespace apimall;
using namespace apimall::test;
using engine::Kind;

namespace {

const std::string id = "img_picture";

engine::Submission download() {
  engine::Submission submission;
  submission.kind = Kind::download;
  submission.task_id = id;
  submission.more = std::make_unique<engine::Particulars>();
  submission.more->folder = "pictures";
  submission.timeout = 10min;
  return submission;
}

Reply refused(int status) {
  engine::FetchOutcome outcome;
  outcome.status = status;
  return Fetch{outcome};
}

}  // namespace

TEST_CASE("a download waits for the task and then fetches its files") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "processing"), task_answer(id, "completed")});
  gateway.script("https://cdn", {file_answer("pictures/img_picture.webp")});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  const auto& event = gateway.final(token);
  REQUIRE(event.error == nullptr);
  const auto& answer = std::get<std::unique_ptr<Download>>(event.answer);
  REQUIRE(answer->files.size() == 1);
  CHECK(answer->files[0].path == "pictures/img_picture.webp");
  CHECK(event.task->fields().status == Status::completed);
}

TEST_CASE("a broken fetch is repeated, the task is not asked for again") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "completed")});
  gateway.script("https://cdn", {Broken{}, refused(503), Broken{Code::download_failed}, file_answer("x")});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  CHECK(gateway.final(token).error == nullptr);
  CHECK(gateway.sent_at("/api/v1/images/").size() == 1);
  CHECK(gateway.sent_at("https://cdn").size() == 4);
}

TEST_CASE("expired URLs are asked for anew, once") {
  for (const int status : {403, 404, 410}) {
    VirtualGateway fresh;
    fresh.script("/api/v1/images/", {task_answer(id, "completed")});
    fresh.script("https://cdn", {refused(status), file_answer("x")});
    const auto good = fresh.submit(download());
    fresh.run_to_end();
    CHECK(fresh.final(good).error == nullptr);
    CHECK(fresh.sent_at("/api/v1/images/").size() == 2);

    VirtualGateway stale;
    stale.script("/api/v1/images/", {task_answer(id, "completed")});
    stale.script("https://cdn", {refused(status)});
    const auto bad = stale.submit(download());
    stale.run_to_end();
    CHECK(stale.final(bad).error->code == Code::download_failed);
    CHECK(stale.final(bad).error->http_status == status);
    CHECK(stale.final(bad).error->task_id == id);
    CHECK(stale.sent_at("/api/v1/images/").size() == 2);
    CHECK(stale.sent_at("https://cdn").size() == 2);
  }
}

TEST_CASE("a Retry-After of one file's host is kept when fresh URLs come for another file") {
  const std::string url = "https://cdn.apimall.ai/generated/" + id;
  std::string body = task_json(id, "completed");
  const std::string list = "\"resultUrls\":[";
  body.replace(body.find(list), list.size(), list + "\"" + url + "-1.webp\",");
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {Answer{200, body, {}}});
  engine::FetchOutcome busy;
  busy.status = 503;
  busy.retry_after = 20s;
  gateway.script("-1.webp", {Fetch{busy}, file_answer("one")});
  Reply expired = refused(404);
  std::get<Fetch>(expired).latency = 1s;
  gateway.script(id + ".webp", {expired, file_answer("two")});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  CHECK(gateway.final(token).error == nullptr);
  REQUIRE(gateway.sent_at("-1.webp").size() == 2);
  CHECK(gateway.sent_at("-1.webp")[1] - gateway.sent_at("-1.webp")[0] >= 20s);
  CHECK(gateway.sent_at(id + ".webp").size() == 2);
  CHECK(gateway.sent_at("/api/v1/images/").size() == 2);
}

TEST_CASE("a fetch that never works ends after some tries and says that the generation is safe") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "completed")});
  gateway.script("https://cdn", {Broken{}});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  CHECK(gateway.final(token).error->message.find("no need to generate it again") != std::string::npos);
  CHECK(gateway.sent_at("https://cdn").size() == 6);
}

TEST_CASE("a disk that refuses ends a download at once") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "completed")});
  gateway.script("https://cdn", {Broken{Code::file_error, true, false}});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  CHECK(gateway.final(token).error->code == Code::file_error);
  CHECK(gateway.sent_at("https://cdn").size() == 1);
}

TEST_CASE("there is nothing to download of a failed task") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "failed")});
  const auto token = gateway.submit(download());
  gateway.run_to_end();
  CHECK(gateway.final(token).error->code == Code::download_failed);
  CHECK(gateway.final(token).error->message.find("it did not work") != std::string::npos);
  CHECK(gateway.final(token).task->fields().status == Status::failed);
}

TEST_CASE("a snapshot at hand saves the request for it") {
  VirtualGateway gateway;
  gateway.script("https://cdn", {file_answer("x")});
  auto submission = download();
  submission.more->task = *wire::parse_image_task(task_json(id, "completed"));
  const auto token = gateway.submit(std::move(submission));
  gateway.run_to_end();
  CHECK(gateway.final(token).error == nullptr);
  CHECK(gateway.sent_at("/api/v1/images/").empty());
}

TEST_CASE("a download past its deadline says what to do, and gives up what is under way") {
  VirtualGateway gateway;
  gateway.script("/api/v1/images/", {task_answer(id, "completed")});
  gateway.script("https://cdn", {Fetch{{}, 1h}});
  auto submission = download();
  submission.timeout = 20s;
  const auto token = gateway.submit(std::move(submission));
  gateway.run_to_end();
  CHECK(gateway.final(token).error->code == Code::deadline);
  CHECK(gateway.final(token).error->task_id == id);
  CHECK(gateway.engine().in_flight() == 0);
}
