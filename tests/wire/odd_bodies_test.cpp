// Every odd body has a defined outcome. The table reads: name, body, what becomes of it.
#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "padded_body.hpp"
#include "task_invariants.hpp"

using namespace apimall;
using namespace apimall::wire;
using namespace std::string_literals;

namespace {

Result<ImageTaskRef> read(std::string_view body, std::string_view asked_id = "t") {
  const PaddedBody padded(body);
  return Parser().image_task(answer(200, padded.view()), asked_id);
}

// A pending task about which `more` is said.
std::string task_with(std::string_view more) {
  return R"({"success":true,"data":{"task_id":"t","status":"pending")" + std::string(more) + "}}";
}

struct Odd {
  const char* name;
  std::string body;
  std::function<bool(const ImageTask&)> expected;  // none: refused as `protocol`
  const char* hint = "";                           // what the refusal says
};

bool pending(const ImageTask& task) { return task.fields().status == Status::pending; }
auto unknown_as(std::string text) {
  return [text](const ImageTask& t) { return t.fields().status == Status::unknown && t.fields().status_text == text; };
}
auto field_is(std::string_view ImageTaskFields::* field, std::string text) {
  return [=](const ImageTask& t) { return t.fields().*field == text && (t.fields().*field).data() != nullptr; };
}
auto field_absent(std::string_view ImageTaskFields::* field) {
  return [=](const ImageTask& t) { return pending(t) && (t.fields().*field).data() == nullptr; };
}
auto credits_are(std::optional<std::int64_t> credits) {
  return [=](const ImageTask& t) { return pending(t) && t.fields().credits_used == credits; };
}
auto urls_are(std::vector<std::string> urls) {
  return [=](const ImageTask& t) {
    return std::equal(urls.begin(), urls.end(), t.result_urls().begin(), t.result_urls().end());
  };
}
auto created_at_is(std::string text, std::optional<UnixMillis> time) {
  return [=](const ImageTask& t) { return t.fields().created_at == text && t.fields().created_at_ms == time; };
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

constexpr auto model = &ImageTaskFields::model;
constexpr auto error_message = &ImageTaskFields::error_message;
constexpr auto primary_url = &ImageTaskFields::primary_url;

const std::vector<Odd>& odd_bodies() {
  static const std::vector<Odd> all = {
      // --- What is no JSON object at all
      {"empty", "", nullptr, "body is empty"},
      {"white space", " \r\n\t ", nullptr, "body is empty"},
      {"null", "null", nullptr, "not an object"},
      {"true", "true", nullptr, "not an object"},
      {"a number", "42", nullptr, "not an object"},
      {"a text", R"("pending")", nullptr, "not an object"},
      {"an array", R"([{"task_id":"t","status":"pending"}])", nullptr, "not an object"},
      {"a word", "OK", nullptr, "not JSON"},
      {"one NUL byte", "\0"s, nullptr, "not JSON"},
      {"many NUL bytes", std::string(800, '\0'), nullptr, "not JSON"},
      {"HTML", "<!DOCTYPE html><html><title>Sign in</title></html>", nullptr, "captive portal"},
      {"HTML behind white space", "\n  <html></html>", nullptr, "captive portal"},
      {"XML", "<?xml version='1.0'?><Error/>", nullptr, "proxy"},
      {"gzip", "\x1F\x8B\x08\x00\x00"s, nullptr, "compressed"},
      {"UTF-16, little end first", "\xFF\xFE{\0}\0"s, nullptr, "UTF-16"},
      {"UTF-16, big end first", "\xFE\xFF\0{\0}"s, nullptr, "UTF-16"},
      {"UTF-16 without a mark", "{\0\"\0}\0"s, nullptr, "UTF-16"},
      // --- Broken JSON
      {"an empty object", "{}", nullptr, "`data` is missing"},
      {"a lone brace", "{", nullptr, "broken off"},
      {"trailing text", task_with("") + " garbage", nullptr, "followed by something else"},
      {"a trailing brace", task_with("") + "}", nullptr, "followed by something else"},
      {"two documents", task_with("") + task_with(""), nullptr, "followed by something else"},
      {"trailing NUL bytes", task_with("") + "\0\0"s, nullptr, "followed by something else"},
      {"a trailing comma", R"({"data":{"task_id":"t","status":"pending",}})", nullptr, "damaged"},
      {"a missing comma", R"({"data":{"task_id":"t" "status":"pending"}})", nullptr, "damaged"},
      {"a missing colon", R"({"data":{"task_id" "t"}})", nullptr, "damaged"},
      {"single quotes", "{'data':{'task_id':'t','status':'pending'}}", nullptr, "damaged"},
      {"white space around", "\r\n\t " + task_with("") + " \n\n", pending},
      {"a byte order mark", "\xEF\xBB\xBF" + task_with(""),
       [](const ImageTask& t) { return pending(t) && t.json()[0] == '{'; }},
      // --- The envelope
      {"success missing", R"({"data":{"task_id":"t","status":"pending"}})", pending},
      {"success as text", R"({"success":"true","data":{"task_id":"t","status":"pending"}})", pending},
      {"success null", R"({"success":null,"data":{"task_id":"t","status":"pending"}})", pending},
      {"success false, but the whole task and no error",
       R"({"success":false,"data":{"task_id":"t","status":"failed"}})",
       [](const ImageTask& t) { return t.fields().status == Status::failed; }},
      {"success true with an error and the whole task",
       R"({"success":true,"error":{"code":"x"},"data":{"task_id":"t","status":"pending"}})", pending},
      {"error null", R"({"success":true,"error":null,"data":{"task_id":"t","status":"pending"}})", pending},
      {"data null", R"({"success":true,"data":null})", nullptr, "`data` is missing"},
      {"data an array", R"({"success":true,"data":[{"task_id":"t","status":"pending"}]})", nullptr,
       "`data` is missing"},
      {"data a text", R"({"success":true,"data":"pending"})", nullptr, "`data` is missing"},
      {"data twice: the last one counts",
       R"({"data":{"task_id":"t","status":"failed","model":"m"},"data":{"task_id":"t","status":"pending"}})",
       field_absent(model)},
      {"data twice, then null", R"({"data":{"task_id":"t","status":"failed"},"data":null})", nullptr,
       "`data` is missing"},
      {"the task at top level", R"({"task_id":"t","status":"pending"})", nullptr, "`data` is missing"},
      {"unknown fields",
       R"({"x":[{"data":{"status":"failed"}}],"data":{"task_id":"t","y":{"status":1},"status":"pending"}})", pending},
      {"request_id a number", R"({"data":{"task_id":"t","status":"pending"},"request_id":7})",
       field_is(&ImageTaskFields::request_id, "7")},
      // --- Which task
      {"task_id missing", R"({"data":{"status":"pending"}})", nullptr, "`data.task_id` is missing"},
      {"task_id null", R"({"data":{"task_id":null,"status":"pending"}})", nullptr, "`data.task_id` is missing"},
      {"task_id empty", R"({"data":{"task_id":"","status":"pending"}})", nullptr, "`data.task_id` is missing"},
      {"task_id an object", R"({"data":{"task_id":{"id":"t"},"status":"pending"}})", nullptr,
       "`data.task_id` is missing"},
      {"task_id of another task", R"({"data":{"task_id":"u","status":"pending"}})", nullptr, "another task"},
      {"task_id in other case", R"({"data":{"task_id":"T","status":"pending"}})", nullptr, "another task"},
      {"task_id twice: the last one counts", R"({"data":{"task_id":"u","task_id":"t","status":"pending"}})", pending},
      {"task_id twice, the last one another's", R"({"data":{"task_id":"t","task_id":"u","status":"pending"}})", nullptr,
       "another task"},
      {"task_id with an escape", R"({"data":{"task_id":"\u0074","status":"pending"}})", pending},
      {"task_id with a lone surrogate", R"({"data":{"task_id":"t\ud800","status":"pending"}})", nullptr,
       "`data.task_id`"},
      {"task_id with NUL", R"({"data":{"task_id":"t\u0000","status":"pending"}})", nullptr, "`data.task_id`"},
      // --- Which state
      {"status missing", R"({"data":{"task_id":"t"}})", nullptr, "`data.status` is missing"},
      {"status null", R"({"data":{"task_id":"t","status":null}})", nullptr, "`data.status` is missing"},
      {"status empty", R"({"data":{"task_id":"t","status":""}})", nullptr, "`data.status` is missing"},
      {"status a number", R"({"data":{"task_id":"t","status":3}})", nullptr, "`data.status` is missing"},
      {"status an object", R"({"data":{"task_id":"t","status":{"x":"pending"}}})", nullptr, "`data.status` is missing"},
      {"status unknown", R"({"data":{"task_id":"t","status":"unknown"}})", unknown_as("unknown")},
      {"status that nobody knows yet", R"({"data":{"task_id":"t","status":"upscaling"}})", unknown_as("upscaling")},
      {"status in other case", R"({"data":{"task_id":"t","status":"Completed"}})", unknown_as("Completed")},
      {"status with a blank", R"({"data":{"task_id":"t","status":"completed "}})", unknown_as("completed ")},
      {"status with escapes", R"({"data":{"task_id":"t","status":"pe\u006eding"}})", pending},
      {"status with a lone surrogate", R"({"data":{"task_id":"t","status":"completed\udc00"}})", nullptr,
       "`data.status`"},
      {"status twice: the last one counts", R"({"data":{"task_id":"t","status":"failed","status":"pending"}})",
       pending},
      {"a key with escapes", R"({"d\u0061ta":{"task_id":"t","st\u0061tus":"pending"}})", pending},
      {"a key of escapes alone", R"({"data":{"task_id":"t","\u0073\u0074\u0061\u0074\u0075\u0073":"pending"}})",
       pending},
      {"a key with escapes, of 24 bytes",
       R"({"data":{"\u0061bcdefghijklmnopqrstuvwxyz":1,"task_id":"t","status":"pending"}})", pending},
      {"a key that only begins alike",
       R"({"data":{"task_id":"t","status":"pending","status_":"failed","statu":"failed"}})", pending},
      // --- Results
      {"completed without URLs", R"({"data":{"task_id":"t","status":"completed"}})", urls_are({})},
      {"output null", task_with(R"(,"output":null)"), urls_are({})},
      {"output an array", task_with(R"(,"output":["a"])"), urls_are({})},
      {"output a text", task_with(R"(,"output":"a")"), urls_are({})},
      {"output without resultUrls", task_with(R"(,"output":{"urls":["a"]})"), urls_are({})},
      {"output twice: the last one counts", task_with(R"(,"output":{"resultUrls":["a"]},"output":{})"), urls_are({})},
      {"resultUrls null", task_with(R"(,"output":{"resultUrls":null})"), urls_are({})},
      {"resultUrls one text", task_with(R"(,"output":{"resultUrls":"a"})"), urls_are({"a"})},
      {"resultUrls an object", task_with(R"(,"output":{"resultUrls":{"0":"a"}})"), urls_are({})},
      {"resultUrls empty", task_with(R"(,"output":{"resultUrls":[]})"), urls_are({})},
      {"resultUrls of all kinds", task_with(R"(,"output":{"resultUrls":[null,"a",7,"",{},["x"],true,"a","b"]})"),
       urls_are({"a", "b"})},
      {"one empty result URL", task_with(R"(,"output":{"resultUrls":[""]},"primary_url":"")"),
       [](const ImageTask& t) { return t.result_urls().empty() && field_is(primary_url, "")(t); }},
      {"primary_url alone", task_with(R"(,"primary_url":"p")"), urls_are({"p"})},
      {"primary_url a number", task_with(R"(,"primary_url":7)"), field_absent(primary_url)},
      {"image_url an array", task_with(R"(,"image_url":["a"])"), field_absent(&ImageTaskFields::image_url)},
      {"escapes in a URL", task_with(R"(,"primary_url":"https:\/\/x\/\u0061?a=\"\ud83d\ude00")"),
       field_is(primary_url, "https://x/a?a=\"\xF0\x9F\x98\x80")},
      {"a lone surrogate in a URL", task_with(R"(,"primary_url":"a\ud800b")"),
       field_is(primary_url,
                "a\xEF\xBF\xBD"
                "b")},
      // --- Numbers
      {"credits with a fraction", task_with(R"(,"credits_used":1.5)"), credits_are(std::nullopt)},
      {"credits with a zero fraction", task_with(R"(,"credits_used":8.0)"), credits_are(8)},
      {"credits as text", task_with(R"(,"credits_used":"8")"), credits_are(8)},
      {"credits as other text", task_with(R"(,"credits_used":"8 credits")"), credits_are(std::nullopt)},
      {"credits below nothing", task_with(R"(,"credits_used":-3)"), credits_are(-3)},
      {"credits of 20 digits", task_with(R"(,"credits_used":12345678901234567890)"), credits_are(std::nullopt)},
      {"the most credits", task_with(R"(,"credits_used":9223372036854775807)"), credits_are(9223372036854775807)},
      {"one credit more", task_with(R"(,"credits_used":9223372036854775808)"), credits_are(std::nullopt)},
      {"credits 1e400", task_with(R"(,"credits_used":1e400)"), credits_are(std::nullopt)},
      {"credits 1e2", task_with(R"(,"credits_used":1e2)"), credits_are(std::nullopt)},
      {"credits true", task_with(R"(,"credits_used":true)"), credits_are(std::nullopt)},
      {"credits null", task_with(R"(,"credits_used":null)"), credits_are(std::nullopt)},
      {"credits an array", task_with(R"(,"credits_used":[8])"), credits_are(std::nullopt)},
      {"credits a lone minus", task_with(R"(,"credits_used":-)"), credits_are(std::nullopt)},
      // --- Texts
      {"null everywhere",
       task_with(R"(,"model":null,"output":null,"primary_url":null,"image_url":null,"error_message":null,)"
                 R"("credits_used":null,"credits_refunded":null,"created_at":null,"completed_at":null)"),
       field_absent(model)},
      {"model a number", task_with(R"(,"model":5)"), field_is(model, "5")},
      {"model true", task_with(R"(,"model":true)"), field_is(model, "true")},
      {"model no JSON", task_with(R"(,"model":nope)"), field_absent(model)},
      {"model empty", task_with(R"(,"model":"")"), field_is(model, "")},
      {"error_message an object", task_with(R"(,"error_message":{"code": 7, "text":"x"} )"),
       field_is(error_message, R"({"code": 7, "text":"x"})")},
      {"error_message an array", task_with(R"(,"error_message":[ "a" ])"), field_is(error_message, R"([ "a" ])")},
      {"escapes in a message", task_with(R"(,"error_message":"a\nb\t\u00e4\\\/\b\f\r")"),
       field_is(error_message, "a\nb\t\xC3\xA4\\/\b\f\r")},
      {"unknown escapes", task_with(R"(,"error_message":"\q\x41\u12")"),
       field_is(error_message,
                "qx41\xEF\xBF\xBD"
                "12")},
      {"NUL in a message", task_with(R"(,"error_message":"a\u0000b")"),
       field_is(error_message,
                "a\xEF\xBF\xBD"
                "b")},
      {"a high surrogate alone", task_with(R"(,"error_message":"\ud83d")"), field_is(error_message, "\xEF\xBF\xBD")},
      {"surrogates the wrong way round", task_with(R"(,"error_message":"\ude00\ud83d")"),
       field_is(error_message, "\xEF\xBF\xBD\xEF\xBF\xBD")},
      {"two high surrogates", task_with(R"(,"error_message":"\ud83d\ud83d\ude00")"),
       field_is(error_message, "\xEF\xBF\xBD\xF0\x9F\x98\x80")},
      {"invalid UTF-8", task_with(",\"error_message\":\"a\xFF\xC3(b\""),
       field_is(error_message, "a\xEF\xBF\xBD\xEF\xBF\xBD(b")},
      {"Latin 1", task_with(",\"error_message\":\"f\xFCr\""), field_is(error_message, "f\xEF\xBF\xBDr")},
      {"invalid UTF-8 outside texts", task_with(",\xFF\"model\":\"m\""), nullptr, "damaged"},
      {"control characters in a text", task_with(",\"error_message\":\"a\nb\x01\""),
       field_is(error_message, "a\nb\x01")},
      {"a raw NUL in a text", task_with(",\"error_message\":\"a\0b\""s),
       field_is(error_message,
                "a\xEF\xBF\xBD"
                "b")},
      {"DEL in a text", task_with(",\"model\":\"\x7F\""), field_is(model, "\x7F")},
      {"a text of 1 MiB", task_with(",\"model\":\"" + std::string(1 << 20, 'm') + '"'),
       [](const ImageTask& t) { return t.fields().model.size() == 1 << 20; }},
      {"an escaped text of 1 MiB", task_with(",\"model\":\"\\n" + std::string(1 << 20, 'm') + '"'),
       [](const ImageTask& t) { return t.fields().model.size() == (1 << 20) + 1; }},
      {"1 MiB of white space", task_with(std::string(1 << 20, ' ')), pending},
      // --- Depth
      {"an unknown field nested 100,000 deep", task_with(",\"x\":" + nested(100'000)), pending},
      {"a text field nested 400 deep", task_with(",\"model\":" + nested(400)), field_is(model, nested(400))},
      {"a text field nested 100,000 deep", task_with(",\"model\":" + nested(100'000)), field_absent(model)},
      {"credits nested 100,000 deep", task_with(",\"credits_used\":" + nested(100'000)), credits_are(std::nullopt)},
      // --- Times
      {"a time without fraction", task_with(R"(,"created_at":"2026-03-12T09:30:00Z")"),
       created_at_is("2026-03-12T09:30:00Z", 1'773'307'800'000)},
      {"a time with an offset", task_with(R"(,"created_at":"2026-03-12T11:30:00+02:00")"),
       created_at_is("2026-03-12T11:30:00+02:00", 1'773'307'800'000)},
      {"a time out of range", task_with(R"(,"created_at":"2026-13-40T25:61:61Z")"),
       created_at_is("2026-13-40T25:61:61Z", std::nullopt)},
      {"a time without zone", task_with(R"(,"created_at":"2026-03-12T09:30:00")"),
       created_at_is("2026-03-12T09:30:00", std::nullopt)},
      {"a time as a number", task_with(R"(,"created_at":1773307800)"), created_at_is("1773307800", std::nullopt)},
      {"a time empty", task_with(R"(,"created_at":"")"), created_at_is("", std::nullopt)},
      {"a time true", task_with(R"(,"created_at":true)"), created_at_is("true", std::nullopt)},
  };
  return all;
}

}  // namespace

TEST_CASE("every odd body has its defined outcome") {
  CHECK(odd_bodies().size() >= 45);
  for (const Odd& odd : odd_bodies()) {
    const auto task = read(odd.body);
    INFO(odd.name);
    if (odd.expected == nullptr) {
      REQUIRE_FALSE(task);
      INFO(task.error().message);
      CHECK(task.error().code == Code::protocol);
      CHECK(task.error().retryable);
      CHECK(task.error().http_status == 200);
      CHECK(task.error().task_id == "t");
      CHECK(task.error().message.find(odd.hint) != std::string::npos);
      CHECK(broken_promise(task.error()) == "");
      CHECK_FALSE(quotes_too_much(task.error().message, odd.body));
    } else {
      if (!task) FAIL_CHECK(task.error().message);
      if (!task) continue;
      CHECK(odd.expected(**task));
      CHECK(broken_promise(**task) == "");
    }
  }
}
