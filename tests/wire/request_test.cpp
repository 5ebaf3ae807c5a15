// What is asked of the gateway, and what is refused before it is sent.
#include <doctest/doctest.h>

#include <vector>

#include "wire/request.hpp"

using namespace apimall;
using namespace apimall::wire;
using namespace std::string_literals;

namespace {

bool says(const std::optional<Error>& error, std::string_view text) {
  REQUIRE(error);
  INFO(error->message);
  CHECK(error->code == Code::invalid_argument);
  CHECK_FALSE(error->retryable);
  return error->message.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("requests have the documented addresses") {
  CHECK(image_task_request("img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M").target == "/api/v1/images/img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M");
  CHECK(image_task_request("x").method == Method::get);
  CHECK(history_request(1, 20).target == "/api/v1/images/history?page=1&limit=20");
  CHECK(balances_request().target == "/api/v1/account/balances");
  const Request generate = generate_request("{\"seed\": 1e400 }");
  CHECK(generate.method == Method::post);
  CHECK(generate.target == "/api/v1/images/generate");
  CHECK(generate.body == "{\"seed\": 1e400 }");
}

TEST_CASE("ids are percent-encoded but for RFC 3986's unreserved characters") {
  CHECK(image_task_request("AZaz09-._~").target == "/api/v1/images/AZaz09-._~");
  CHECK(image_task_request("a/../b?c#d%e f+").target == "/api/v1/images/a%2F..%2Fb%3Fc%23d%25e%20f%2B");
  CHECK(image_task_request("\xC3\xA4").target == "/api/v1/images/%C3%A4");
}

TEST_CASE("ids are opaque, but some cannot be one") {
  for (const std::string& id :
       {"img_1"s, "x"s, "..."s, "History"s, "a b"s, "\xF0\x9F\x98\x80"s, std::string(256, 'x')}) {
    CHECK_FALSE(check_task_id(id));
  }
  CHECK(says(check_task_id(""), "is empty"));
  CHECK(says(check_task_id(std::string(257, 'x')), "257 bytes long; at most 256"));
  CHECK(says(check_task_id("a\nb"), "control character"));
  CHECK(says(check_task_id("a\0b"s), "control character"));
  CHECK(says(check_task_id("a\x7F"), "control character"));
  for (const char* word : {".", "..", "history", "generate"}) CHECK(says(check_task_id(word), word));
  CHECK(says(check_task_id("history"), "another address"));
  CHECK(check_task_id(std::string(300, 'x'))->message.size() < 400);
}

TEST_CASE("history pages count from 1, with 1 to 50 tasks") {
  CHECK_FALSE(check_history_page(1, 1));
  CHECK_FALSE(check_history_page(2'000'000'000, 50));
  CHECK(says(check_history_page(0, 20), "page 0 "));
  CHECK(says(check_history_page(-1, 20), "page -1 "));
  CHECK(says(check_history_page(1, 0), "page size 0 "));
  CHECK(says(check_history_page(1, 51), "ask for 1 to 50"));
}

TEST_CASE("a generation's body is checked only for what surely cannot be one") {
  for (const std::string& body : {R"({"model":"m","prompt":"p"})"s,
                                  R"( {"prompt":"","model":"","seed":12345678901234567890123,"x":1e400,"y":[{}]} )"s,
                                  R"({"model":"m","prompt":"\ud800 \u0000"})"s, R"({"mod\u0065l":"m","prompt":"p"})"s,
                                  "{\"model\":\"m\",\"prompt\":\"\xE7\x8C\xAB\"}"s}) {
    INFO(body);
    CHECK_FALSE(check_generate_body(body));
  }
  struct Row {
    std::string body;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"", "is empty"},
           {" \n", "is empty"},
           {"[]", "is \"[]\", not an object"},
           {"null", "not an object"},
           {"\"x\"", "not an object"},
           {R"({"prompt":"p"})", "lacks the text \"model\""},
           {R"({"model":"m"})", "lacks the text \"prompt\""},
           {R"({"model":7,"prompt":"p"})", "lacks the text \"model\""},
           {R"({"model":"m","prompt":null})", "lacks the text \"prompt\""},
           {R"({"model":"m","prompt":"p")", "a comma or } is missing at byte 25"},
           {R"({"model":"m","prompt":"p"}})", "something follows the end of the document at byte 26"},
           {R"({"model":"m","prompt":"p",})", "a text in double quotes is missing"},
           {R"({"model":"m" "prompt":"p"})", "a comma or } is missing at byte 13"},
           {R"({'model':'m'})", "a text in double quotes is missing at byte 1"},
           {R"({"model":"m","prompt":"p)", "a text does not end"},
           {R"({"model":"m","prompt":"\x"})", "an escape is unknown"},
           {R"({"model":"m","prompt":"\u12g4"})", "four hexadecimal digits"},
           {"{\"model\":\"m\",\"prompt\":\"a\nb\"}", "a control character in a text is not escaped at byte 24"},
           {"{\"model\":\"m\",\"prompt\":\"\xFF\"}", "a byte is not UTF-8 at byte 23"},
           {"{\"model\":\"m\",\"prompt\":\"\xED\xA0\x80\"}", "a byte is not UTF-8"},
           {"\xEF\xBB\xBF{\"model\":\"m\",\"prompt\":\"p\"}", "a value is missing at byte 0"},
           {R"({"model":"m","prompt":"p","n":01})", "a comma or } is missing"},
           {R"({"model":"m","prompt":"p","n":1.})", "a digit is missing"},
           {R"({"model":"m","prompt":"p","n":-})", "a digit is missing"},
           {R"({"model":"m","prompt":"p","n":1e})", "a digit is missing"},
           {R"({"model":"m","prompt":"p","n":NaN})", "a value is missing"},
           {R"({"model":"m","prompt":"p","n":tru})", "a value is missing"},
           {R"({"model":"m","prompt":"p","n":[1,]})", "a value is missing"},
           {R"({"model":"m","prompt":"p","n":[1}})", "a comma or ] is missing"},
           {R"({"model":"m","prompt":"p","n":)" + std::string(100'000, '['), "nested too deep"}}) {
    INFO(row.body.substr(0, 100));
    CHECK(says(check_generate_body(row.body), row.reason));
    CHECK(check_generate_body(row.body)->message.size() < 400);
  }
}
