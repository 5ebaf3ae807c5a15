// The documented answer, field by field, and how the pieces of a task lie together.
#include <doctest/doctest.h>

#include <algorithm>

#include "padded_body.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

ImageTaskRef read(std::string_view body, std::string_view asked_id = documented_id) {
  const PaddedBody padded(body);
  auto task = Parser().image_task(answer(200, padded.view()), asked_id);
  INFO(body);
  if (!task) FAIL_CHECK(task.error().message);
  return task ? *task : ImageTaskRef();
}

constexpr std::string_view url = "https://cdn.apimall.ai/generated/image-01.webp";

}  // namespace

TEST_CASE("the documented answer is read field by field") {
  const ImageTaskRef task = read(documented_body);
  REQUIRE(task);
  const ImageTaskFields& fields = task->fields();
  CHECK(fields.status == Status::completed);
  CHECK(fields.status_text == "completed");
  CHECK(fields.task_id == documented_id);
  CHECK(fields.model == "nano-banana");
  CHECK(fields.primary_url == url);
  CHECK(fields.image_url == url);
  CHECK(fields.error_message.data() == nullptr);
  CHECK(fields.credits_used == 8);
  CHECK(fields.credits_refunded == 0);
  CHECK(fields.created_at == "2026-03-12T09:30:00.000Z");
  CHECK(fields.updated_at == "2026-03-12T09:31:06.000Z");
  CHECK(fields.completed_at == "2026-03-12T09:31:06.000Z");
  CHECK(fields.created_at_ms == 1'773'307'800'000);
  CHECK(fields.updated_at_ms == 1'773'307'866'000);
  CHECK(fields.completed_at_ms == 1'773'307'866'000);
  CHECK(fields.request_id == "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R");
  REQUIRE(task->result_urls().size() == 1);
  CHECK(task->result_urls()[0] == url);
  CHECK(task->json() == documented_body);
}

TEST_CASE("a URL that several fields repeat is kept once") {
  const ImageTaskRef task = read(documented_body);
  REQUIRE(task);
  CHECK(task->fields().primary_url.data() == task->result_urls()[0].data());
  CHECK(task->fields().image_url.data() == task->result_urls()[0].data());
}

TEST_CASE("result URLs come in the order of resultUrls, primary_url, image_url, each once") {
  const std::string body =
      R"({"success":true,"data":{"image_url":"c","primary_url":"b","task_id":"t","status":"completed",
    "output":{"resultUrls":["a","b","a","d"]}}})";
  const ImageTaskRef task = read(body, "t");
  REQUIRE(task);
  const auto urls = task->result_urls();
  const std::vector<std::string_view> expected = {"a", "b", "d", "c"};
  CHECK(std::equal(urls.begin(), urls.end(), expected.begin(), expected.end()));
}

TEST_CASE("fields may come in any order") {
  const std::string body = R"({"request_id":"r","data":{"status":"pending","model":"m","task_id":"t"},"success":true})";
  const ImageTaskRef task = read(body, "t");
  REQUIRE(task);
  CHECK(task->fields().status == Status::pending);
  CHECK(task->fields().model == "m");
  CHECK(task->fields().request_id == "r");
  CHECK(task->fields().created_at.data() == nullptr);
  CHECK_FALSE(task->fields().created_at_ms);
  CHECK_FALSE(task->fields().credits_used);
  CHECK(task->result_urls().empty());
}
