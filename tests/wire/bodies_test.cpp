// Bodies as a whole: broken off anywhere, huge, from elsewhere; and how little of them a message holds.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "padded_body.hpp"
#include "task_invariants.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

Result<ImageTaskRef> read(std::string_view body, std::string_view asked_id = "t") {
  const PaddedBody padded(body);
  return Parser().image_task(answer(200, padded.view()), asked_id);
}

// A pending task about which `more` is said.
std::string task_with(std::string_view more) {
  return R"({"success":true,"data":{"task_id":"t","status":"pending")" + std::string(more) + "}}";
}

std::string file(const std::string& name) {
  std::ifstream stream(APIMALL_TEST_DATA "/bodies/" + name, std::ios::binary);
  REQUIRE_MESSAGE(stream, "no such body: " << name);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a body broken off at any byte is no task, unless only white space behind it is lost") {
  const std::size_t whole = documented_body.find_last_of('}') + 1;
  for (std::size_t size = 0; size <= documented_body.size(); ++size) {
    const auto task = read(documented_body.substr(0, size), documented_id);
    INFO(size);
    CHECK(static_cast<bool>(task) == (size >= whole));
    if (!task) CHECK(task.error().code == Code::protocol);
  }
}

TEST_CASE("what lies behind a body changes nothing, not even what a longer body left there") {
  const std::size_t whole = documented_body.find_last_of('}') + 1;
  Parser parser;
  for (std::size_t size = 1; size <= documented_body.size(); ++size) {
    const std::string_view body = documented_body.substr(0, size);
    const std::string rest = std::string(documented_body.substr(size)) + " ";
    for (const std::string_view padding :
         {std::string_view(rest), std::string_view("\0", 1), std::string_view(" "), std::string_view("\n"),
          std::string_view("0"), std::string_view("]}}"), std::string_view("\",\""), std::string_view("\\"),
          std::string_view("\xFF")}) {
      const PaddedBody padded(body, padding);
      INFO(size << " bytes, then " << padding);
      CHECK(static_cast<bool>(parser.image_task(answer(200, padded.view()), documented_id)) == (size >= whole));
    }
  }
}

TEST_CASE("the full parser refuses broken bodies as the fast path does") {
  // An escape sends the body past the fast path.
  const std::string body = with("nano", "n\\u0061no");
  const std::size_t whole = body.find_last_of('}') + 1;
  for (std::size_t size = 0; size <= body.size(); ++size) {
    INFO(size);
    CHECK(static_cast<bool>(read(std::string_view(body).substr(0, size), documented_id)) == (size >= whole));
  }
}

TEST_CASE("ten thousand result URLs are kept, each once") {
  std::string list;
  for (int i = 0; i < 10'000; ++i) {
    const std::string url = "\"https://cdn.apimall.ai/" + std::to_string(i % 9'000) + "\"";
    list += (i == 0 ? "" : ",") + url;
  }
  const auto task = read(task_with(R"(,"output":{"resultUrls":[)" + list + "]}"));
  REQUIRE(task);
  REQUIRE((*task)->result_urls().size() == 9'000);
  CHECK((*task)->result_urls()[8'999] == "https://cdn.apimall.ai/8999");
  CHECK(broken_promise(**task) == "");
}

TEST_CASE("any task is taken when none was asked for by name") {
  CHECK(read(documented_body, ""));
  CHECK(parse_image_task(documented_body));
}

TEST_CASE("a missing request id is taken from the header") {
  const PaddedBody body(task_with(""));
  Response response = answer(200, body.view());
  response.headers.read_line("X-Request-Id: req_7", 0);
  const auto task = Parser().image_task(response, "t");
  REQUIRE(task);
  CHECK((*task)->fields().request_id == "req_7");
}

TEST_CASE("the first bytes of a body that is no answer are told, no more, and printable") {
  const std::string page = "<html>\r\n\x1B[2J" + std::string(500, 'x');
  const auto task = read(page);
  REQUIRE_FALSE(task);
  CHECK(task.error().message.find("\"<html> [2J" + std::string(110, 'x') + "…\"") != std::string::npos);
  CHECK_FALSE(quotes_too_much(task.error().message, page));
}

TEST_CASE("secrets in a body do not get into messages") {
  const auto task = read(R"({"key":"sk-0123456789abcdef0123","u":"https://cdn.x/a.webp?Signature=secret&x=1"})");
  REQUIRE_FALSE(task);
  CHECK(task.error().message.find("0123456789") == std::string::npos);
  CHECK(task.error().message.find("secret") == std::string::npos);
  CHECK(task.error().message.find("https://cdn.x/a.webp?…") != std::string::npos);
}

TEST_CASE("bodies of proxies, portals and caches are refused with a hint") {
  for (const char* name : {"captive_portal.html", "nginx_502.html", "cdn_challenge.html"}) {
    const auto task = read(file(name));
    INFO(name);
    REQUIRE_FALSE(task);
    CHECK(task.error().code == Code::protocol);
    CHECK(task.error().message.find("captive portal") != std::string::npos);
  }
  const auto other = read(file("another_task.json"));
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find("another task") != std::string::npos);
}

TEST_CASE("the same parser reads minified, reordered and annotated answers") {
  for (const char* name : {"minified.json", "reordered.json", "tabs_and_crlf.json", "extra_fields.json"}) {
    const auto task = read(file(name), documented_id);
    INFO(name);
    if (!task) FAIL_CHECK(task.error().message);
    if (!task) continue;
    CHECK((*task)->fields().status == Status::completed);
    CHECK((*task)->fields().credits_used == 8);
    CHECK((*task)->result_urls().size() == 1);
    CHECK((*task)->fields().completed_at_ms == 1'773'307'866'000);
  }
}
