// Which bodies take the fast path, and that it leaves nothing behind when it gives up.
#include <doctest/doctest.h>

#include "padded_body.hpp"
#include "wire/documented_form.hpp"

using namespace apimall;
using namespace apimall::wire;

namespace {

bool is_fast(std::string_view body) {
  const PaddedBody padded(body);
  TaskReading reading;
  return read_documented_form(padded.view(), reading);
}

}  // namespace

TEST_CASE("the documented answer takes the fast path, however it is spaced") {
  CHECK(is_fast(documented_body));
  CHECK(is_fast(R"({"data":{"task_id":"t","status":"s"}})"));
  CHECK(is_fast(
      " {\t\"data\"\r\n:\n\n{ \"task_id\" : \"t\" ,\n                  \"status\"\t:\"s\" } , \"request_id\":null } "));
  CHECK(is_fast(R"({"data":{"task_id":"t","status":"s","output":{"resultUrls":[]},"credits_used":0}})"));
  CHECK(is_fast(R"({"data":{"task_id":"t","status":"s","output":{"resultUrls":["a", "b","c" ]},"model":null}})") ==
        false);
  CHECK(is_fast(R"({"data":{"task_id":"t","model":null,"status":"s","output":{"resultUrls":["a", "b","c" ]}}})"));
}

TEST_CASE("whatever is not the documented form is left to the full parser") {
  for (const std::string& body :
       {with("success\": true", "success\": false"), with("8,", "08,"), with("8,", "8.0,"), with("8,", "\"8\","),
        with("8,", "1234567890123456789,"), with("null", "nul"), with("true", "tru"), with("nano", "n\\u0061no"),
        with("nano", "n\xC3\xA4no"), with("nano", "n\nno"), with("\"model\"", "\"modell\""),
        with("\"model\"", "\"status\""), with("\"request_id\"", "\"error\""), with("]", ",]"), with("{\n", "{,\n"),
        with("[", "[null,"), std::string(documented_body) + "x", std::string(documented_body.substr(1)),
        std::string()}) {
    INFO(body);
    CHECK_FALSE(is_fast(body));
  }
}

TEST_CASE("giving up leaves nothing behind") {
  const std::string body = with("req_01HQ9M7J7X9P7Y8T6W5V4U3S2R\"", "req_01\" x");
  const PaddedBody padded(body);
  TaskReading reading;
  REQUIRE_FALSE(read_documented_form(padded.view(), reading));
  CHECK(reading.fields.task_id.data() == nullptr);
  CHECK(reading.envelope.request_id.data() == nullptr);
  CHECK(reading.envelope.success == Success::unsaid);
  CHECK(reading.result_urls.empty());
}
