// What answers that are no value become: by HTTP status, and by the gateway's word where the status says nothing.
#include <doctest/doctest.h>

#include <vector>

#include "padded_body.hpp"
#include "task_invariants.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

Error refused(int status, std::string_view body, const ResponseHeaders& headers = {}) {
  const PaddedBody padded(body);
  Response response = answer(status, padded.view());
  response.headers = headers;
  const auto task = Parser().image_task(response, "img_1");
  REQUIRE_FALSE(task);
  CHECK(broken_promise(task.error()) == "");
  CHECK_FALSE(quotes_too_much(task.error().message, body));
  CHECK(task.error().task_id == "img_1");
  CHECK(task.error().http_status == status);
  return task.error();
}

bool says(const Error& error, std::string_view text) {
  INFO(error.message);
  const bool found = error.message.find(text) != std::string::npos;
  CHECK_MESSAGE(found, text);
  return found;
}

constexpr std::string_view not_found_body = R"({
  "success": false,
  "error": {
    "code": "not_found",
    "message": "Task not found"
  },
  "request_id": "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R"
})";

std::string refusal_with_code(std::string_view code) {
  return R"({"success":false,"error":{"code":")" + std::string(code) + R"(","message":"no"}})";
}

}  // namespace

TEST_CASE("the documented error is read with its code, words and request id") {
  const Error error = refused(404, not_found_body);
  CHECK(error.code == Code::not_found);
  CHECK_FALSE(error.retryable);
  CHECK(error.gateway_code == "not_found");
  CHECK(error.request_id == "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R");
  says(error, "\"Task not found\"");
  says(error, "\"img_1\"");
  says(error, "another account's key");
}

TEST_CASE("each HTTP status has its code, and says whether to try again") {
  struct Row {
    int status;
    Code code;
    bool retryable;
  };
  for (const Row& row : std::vector<Row>{{400, Code::invalid_request, false},
                                         {401, Code::unauthorized, false},
                                         {402, Code::insufficient_credits, false},
                                         {403, Code::forbidden, false},
                                         {404, Code::not_found, false},
                                         {405, Code::conflict, false},
                                         {407, Code::conflict, false},
                                         {408, Code::request_timed_out, true},
                                         {409, Code::conflict, false},
                                         {410, Code::not_found, false},
                                         {413, Code::invalid_request, false},
                                         {418, Code::conflict, false},
                                         {422, Code::invalid_request, false},
                                         {429, Code::rate_limited, true},
                                         {451, Code::conflict, false},
                                         {499, Code::conflict, false},
                                         {500, Code::gateway_error, true},
                                         {501, Code::gateway_error, false},
                                         {502, Code::gateway_error, true},
                                         {503, Code::gateway_error, true},
                                         {504, Code::gateway_error, true},
                                         {505, Code::gateway_error, false},
                                         {520, Code::gateway_error, true},
                                         {524, Code::gateway_error, true},
                                         {530, Code::gateway_error, true},
                                         {599, Code::gateway_error, false},
                                         {301, Code::protocol, true},
                                         {302, Code::protocol, true},
                                         {304, Code::protocol, true},
                                         {308, Code::protocol, true},
                                         {0, Code::protocol, true},
                                         {100, Code::protocol, true},
                                         {199, Code::protocol, true},
                                         {600, Code::protocol, true},
                                         {204, Code::protocol, true},
                                         {200, Code::protocol, true}}) {
    INFO(row.status);
    const Error error = refused(row.status, "");
    CHECK(error.code == row.code);
    CHECK(error.retryable == row.retryable);
  }
}

TEST_CASE("any 2xx with the whole documented answer is an answer, also 206") {
  for (const int status : {200, 201, 202, 203, 206}) {
    const PaddedBody padded(documented_body);
    CHECK(Parser().image_task(answer(status, padded.view()), documented_id));
    CHECK(refused(status, documented_body.substr(0, 400)).code == Code::protocol);
  }
}

TEST_CASE("a task in the body of a refusal is not believed") {
  CHECK(refused(500, documented_body).code == Code::gateway_error);
  CHECK(refused(404, documented_body).code == Code::not_found);
}

TEST_CASE("what to do is said for each refusal") {
  says(refused(400, ""), "refused the request as invalid");
  says(refused(401, ""), "APIMALL_API_KEY");
  says(refused(401, ""), "keys look like sk- and 48 hexadecimal digits");
  says(refused(402, ""), "Buy credits");
  says(refused(403, ""), "base URL is the gateway's");
  says(refused(407, ""), "proxy setting");
  says(refused(429, ""), "send fewer at a time");
  says(refused(500, ""), "asking for it again costs nothing");
  says(refused(502, "<html><h1>502 Bad Gateway</h1></html>"), "first bytes: \"<html><h1>502 Bad Gateway</h1></html>\"");
  says(refused(404, "<html>"), "a proxy or a captive portal");
}

TEST_CASE("the gateway's words are found in every shape of error body") {
  struct Row {
    std::string_view body, gateway_code, words;
  };
  for (const Row& row :
       std::vector<Row>{{R"({"error":{"code":"c","message":"words"}})", "c", "words"},
                        {R"({"error":{"message":"words","code":"c"},"success":false})", "c", "words"},
                        {R"({"error":{"type":"c","detail":"words"}})", "c", "words"},
                        {R"({"error":{"code":7,"msg":"words"}})", "7", "words"},
                        {R"({"error":"some words"})", "", "some words"},
                        {R"({"error":"one_word"})", "one_word", "one_word"},
                        {R"({"error":["a","b"]})", "", R"(["a","b"])"},
                        {R"({"error":{}, "message":"words"})", "", "words"},
                        {R"({"error":null, "message":"words", "code":"c"})", "c", "words"},
                        {R"({"message":"words"})", "", "words"},
                        {R"({"msg":"words","code":404})", "404", "words"},
                        {R"({"detail":"words"})", "", "words"},
                        {R"({"detail":[{"loc":["x"],"msg":"missing"}]})", "", R"([{"loc":["x"],"msg":"missing"}])"},
                        {R"({"error":{"code":null,"message":null}})", "", "did not say why"},
                        {R"({"error":{"code":"c","message":""}})", "c", "no reason in words"},
                        {R"({"error":{"message":"w\u00f6rter \ud83d"}})", "", "w\xC3\xB6rter \xEF\xBF\xBD"},
                        {R"({"error":{"code":"c","message":"wor)", "", "did not say why"},
                        {R"({"error":true})", "", "true"},
                        {R"([])", "", "JSON, but not an object"},
                        {"", "", "the body is empty"}}) {
    INFO(row.body);
    const Error error = refused(400, row.body);
    CHECK(error.code == Code::invalid_request);
    CHECK(error.gateway_code == row.gateway_code);
    says(error, row.words);
  }
}

TEST_CASE("long words are cut at 120 bytes and control characters left out") {
  const std::string words = "a\\n\\u001b[31m" + std::string(300, 'x');
  const Error error =
      refused(400, R"({"error":{"code":")" + std::string(300, 'c') + R"(","message":")" + words + "\"}}");
  says(error, "\"a [31m" + std::string(114, 'x') + "…\"");
  CHECK(error.gateway_code == std::string(64, 'c') + "…");
}

TEST_CASE("a 2xx that says no is read by the gateway's word") {
  struct Row {
    std::string_view word;
    Code code;
    bool retryable;
  };
  for (const Row& row : std::vector<Row>{{"not_found", Code::not_found, false},
                                         {"task_not_found", Code::not_found, false},
                                         {"NOT-FOUND", Code::not_found, false},
                                         {"unauthorized", Code::unauthorized, false},
                                         {"invalid_api_key", Code::unauthorized, false},
                                         {"insufficient_credits", Code::insufficient_credits, false},
                                         {"forbidden", Code::forbidden, false},
                                         {"conflict", Code::conflict, false},
                                         {"validation_error", Code::invalid_request, false},
                                         {"rate_limit_exceeded", Code::rate_limited, true},
                                         {"Too Many Requests", Code::rate_limited, true},
                                         {"request_timeout", Code::request_timed_out, true},
                                         {"404", Code::not_found, false},
                                         {"429", Code::rate_limited, true},
                                         {"501", Code::gateway_error, false},
                                         {"200", Code::gateway_error, true},
                                         {"internal_error", Code::gateway_error, true},
                                         {"nobody_knows_this", Code::gateway_error, true},
                                         {"", Code::gateway_error, true}}) {
    INFO(row.word);
    const Error error = refused(200, refusal_with_code(row.word));
    CHECK(error.code == row.code);
    CHECK(error.retryable == row.retryable);
    CHECK(error.gateway_code == row.word);
  }
}

TEST_CASE("a 2xx says no by success or by error, in any form") {
  for (const std::string_view body :
       {R"({"success":false})", R"({"success":"false"})", R"({"success":0})", R"({"success":false,"data":null})",
        R"({"success":false,"error":null})", R"({"error":"x"})", R"({"success":true,"error":{"code":"x"}})",
        R"({"error":[]})", R"({"success":false,"data":{"task_id":"img_1"}})",
        R"({"success":false,"error":{},"data":{"task_id":"img_1","status":"completed"}})"}) {
    INFO(body);
    CHECK(refused(200, body).code == Code::gateway_error);
  }
}

TEST_CASE("a redirect names its target's origin and nothing else of it") {
  struct Row {
    std::string_view location, told;
  };
  for (const Row& row :
       std::vector<Row>{{"https://user:secret@login.example:8443/path?token=secret", "to https://login.example:8443."},
                        {"http://10.0.0.1/login?secret", "to http://10.0.0.1."},
                        {"https://host?secret", "to https://host."},
                        {"//host/secret", "to //host."},
                        {"/secret", "to another path of its own."},
                        {"secret?u=https://x/", "to another path of its own."},
                        {"", "to nowhere."}}) {
    INFO(row.location);
    ResponseHeaders headers;
    headers.read_line("Location: " + std::string(row.location), 0);
    const Error error = refused(302, "<a href=secret>", headers);
    CHECK(error.code == Code::protocol);
    says(error, row.told);
    CHECK(error.message.find("secret") == std::string::npos);
  }
}

TEST_CASE("retry-after and the header's request id reach the error") {
  ResponseHeaders headers;
  headers.read_line("Retry-After: 2.5", 0);
  headers.read_line("X-Request-Id: req_h", 0);
  const Error error = refused(429, "", headers);
  CHECK(error.retry_after == std::chrono::milliseconds(2500));
  CHECK(error.request_id == "req_h");
  says(error, "wait 2.5 s");
  CHECK(refused(404, not_found_body, headers).request_id == "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R");
}

TEST_CASE("a kept JSON that is no task has no HTTP status") {
  const auto task = parse_image_task("null");
  REQUIRE_FALSE(task);
  CHECK(task.error().code == Code::protocol);
  CHECK(task.error().http_status == 0);
}
