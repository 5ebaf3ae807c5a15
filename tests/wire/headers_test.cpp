// Header lines: what is understood, in which forms, and that rubbish is as if it had not come.
#include <doctest/doctest.h>

#include <vector>

#include "wire/http_date.hpp"
#include "wire/response.hpp"

using namespace apimall;
using namespace apimall::wire;
using std::chrono::milliseconds;

namespace {

constexpr std::int64_t now_ms = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT

ResponseHeaders read(const std::vector<std::string>& lines, std::int64_t now = now_ms) {
  ResponseHeaders headers;
  for (const std::string& line : lines) headers.read_line(line, now);
  return headers;
}

std::optional<milliseconds> retry_after(const std::string& value) {
  return read({"Retry-After: " + value}).retry_after;
}

constexpr milliseconds longest = std::chrono::hours(24 * 3660);

}  // namespace

TEST_CASE("a date that is remembered from the answer before is read as one that is not") {
  DateMemo memo;
  const auto date_of = [&memo](const std::string& line) {
    ResponseHeaders headers;
    headers.read_line("HTTP/1.1 200 OK", 0, memo);
    headers.read_line(line, 0, memo);
    return headers.date_ms;
  };
  const std::string first = "Date: Thu, 12 Mar 2026 09:30:00 GMT";
  const std::string second = "Date: Thu, 12 Mar 2026 09:30:01 GMT";
  for (const std::string& line :
       {first, first, second, first, std::string("Date: today"), std::string("Date: today"), first}) {
    CAPTURE(line);
    ResponseHeaders fresh;
    fresh.read_line(line, 0);
    CHECK(date_of(line) == fresh.date_ms);
  }
  CHECK(date_of(second) == *date_of(first) + 1000);
}

TEST_CASE("Retry-After in seconds, fractions and dates, never rounded down") {
  CHECK(retry_after("0") == milliseconds(0));
  CHECK(retry_after("30") == milliseconds(30'000));
  CHECK(retry_after("0030") == milliseconds(30'000));
  CHECK(retry_after("1.5") == milliseconds(1'500));
  CHECK(retry_after("0.3") == milliseconds(300));
  CHECK(retry_after("0.0001") == milliseconds(1));
  CHECK(retry_after("1e2") == milliseconds(100'000));
  CHECK(retry_after("Sun, 06 Nov 1994 08:50:37 GMT") == milliseconds(60'000));
  CHECK(retry_after("Sunday, 06-Nov-94 08:50:37 GMT") == milliseconds(60'000));
  CHECK(retry_after("Sun Nov  6 08:50:37 1994") == milliseconds(60'000));
  CHECK(retry_after("1994-11-06T08:50:37.5Z") == milliseconds(60'500));
}

TEST_CASE("a Retry-After that lies in the past is no wait") {
  CHECK(retry_after("Sun, 06 Nov 1994 08:00:00 GMT") == milliseconds(0));
}

TEST_CASE("an absurdly long Retry-After is cut to ten years, so that no sum overflows") {
  for (const char* value :
       {"1000000000", "1e9", "99999999999999999999999999", "1e400", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    INFO(value);
    CHECK(retry_after(value) == longest);
  }
  CHECK(retry_after(std::string(65, '9')) == std::nullopt);
}

TEST_CASE("rubbish in Retry-After is ignored") {
  for (const char* value : {"",
                            " ",
                            "-1",
                            "-0",
                            "+1",
                            "soon",
                            "5s",
                            "5 s",
                            "1,5",
                            "1.",
                            ".5",
                            "0x10",
                            "NaN",
                            "inf",
                            "1e",
                            "1e+",
                            "120, 130",
                            "Sun, 06 Nov 1994",
                            "Sun, 32 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Foo 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 25:49:37 GMT",
                            "Sun, 06 Nov 1994 08:49:37 PST",
                            "Xyz, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 29 Feb 1994 08:49:37 GMT",
                            "06 Nov 1994 08:49:37 GMT"}) {
    INFO(value);
    CHECK_FALSE(retry_after(value));
  }
}

TEST_CASE("the variants in milliseconds are read, and the longest wait that was asked for counts") {
  CHECK(read({"Retry-After-Ms: 1500"}).retry_after == milliseconds(1'500));
  CHECK(read({"x-ms-retry-after-ms: 250.2"}).retry_after == milliseconds(251));
  CHECK(read({"retry-after-ms: 1500", "Retry-After: 2"}).retry_after == milliseconds(2'000));
  CHECK(read({"Retry-After: 1", "retry-after-ms: 1500"}).retry_after == milliseconds(1'500));
  CHECK(read({"Retry-After: 5", "Retry-After: rubbish"}).retry_after == milliseconds(5'000));
  CHECK(read({"Retry-After: 5", "Retry-After: Sun, 06 Nov 1994 08:49:39 GMT"}).retry_after == milliseconds(5'000));
}

TEST_CASE("a dated wait counts from the answer's own Date, whichever comes first") {
  const std::string date = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
  const std::string retry = "Retry-After: Sun, 06 Nov 1994 08:49:47 GMT";
  const std::int64_t wrong_clock = now_ms + 3'600'000;
  CHECK(read({date, retry}, wrong_clock).retry_after == milliseconds(10'000));
  CHECK(read({retry, date}, wrong_clock).retry_after == milliseconds(10'000));
  CHECK(read({retry}, wrong_clock).retry_after == milliseconds(0));
  CHECK(read({retry, "Content-Type: x"}, now_ms).retry_after == milliseconds(10'000));
  CHECK(read({date}).date_ms == now_ms);
}

TEST_CASE("the date that servers write today is read as the same date in other words, or not at all") {
  for (const char* month : {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) {
    const std::string fixed = std::string("Sun, 06 ") + month + " 1994 08:49:37 GMT";
    const std::string asctime = std::string("Sun ") + month + " 6 08:49:37 1994";
    CAPTURE(fixed);
    REQUIRE(parse_http_date(fixed, 0));
    CHECK(parse_http_date(fixed, 0) == parse_http_date(asctime, 0));
  }
  for (const char* odd :
       {"Xun, 06 Nov 1994 08:49:37 GMT", "unM, 06 Nov 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT"}) {
    CAPTURE(odd);
    CHECK_FALSE(parse_http_date(odd, 0));
  }
}

TEST_CASE("years of two digits are the nearest ones") {
  const std::int64_t in_2026 = 1'773'307'800'000;
  CHECK(parse_http_date("Thursday, 12-Mar-26 09:30:00 GMT", in_2026) == in_2026);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", in_2026) == now_ms);
  CHECK(parse_http_date("Monday, 06-Nov-76 08:49:37 GMT", in_2026) > in_2026);
  CHECK(parse_http_date("Sunday, 06-Nov-77 08:49:37 GMT", in_2026) < in_2026);
}

TEST_CASE("names in any case, with white space around values") {
  CHECK(read({"RETRY-AFTER:7"}).retry_after == milliseconds(7'000));
  CHECK(read({"retry-after:\t 7 \r\n"}).retry_after == milliseconds(7'000));
  CHECK(read({"Content-Type:  application/json; charset=utf-8 \r\n"}).content_type ==
        "application/json; charset=utf-8");
  CHECK(read({"x-REQUEST-id: req_1\r\n"}).request_id == "req_1");
  CHECK(read({"date: sun, 06 nov 1994 08:49:37 gmt"}).date_ms == now_ms);
}

TEST_CASE("lines that are no header, or too long, are ignored") {
  const ResponseHeaders headers =
      read({"", "\r\n", ":", "Retry-After", "Retry-After 7", " Retry-After: 7", "Retry-After : 7",
            "Retry-After: " + std::string(9'000, ' ') + "7", "X-Request-Id: " + std::string(200, 'x'),
            "X-Request-Id: a\x01z", "Content-Type: " + std::string(500, 'x'),
            "Location: https://x/" + std::string(3'000, 'x')});
  CHECK_FALSE(headers.retry_after);
  CHECK(headers.request_id.empty());
  CHECK(headers.content_type.empty());
  CHECK(headers.location.empty());
}

TEST_CASE("a status line starts anew") {
  const ResponseHeaders headers = read(
      {"HTTP/1.1 100 Continue", "Retry-After: 7", "X-RateLimit-Remaining: 3", "", "HTTP/2 200 ", "X-Request-Id: r"});
  CHECK_FALSE(headers.retry_after);
  CHECK_FALSE(headers.rate_remaining);
  CHECK(headers.request_id == "r");
}

TEST_CASE("the three RateLimit fields") {
  const ResponseHeaders headers = read({"RateLimit-Limit: 100", "RateLimit-Remaining: 42", "RateLimit-Reset: 17"});
  CHECK(headers.rate_limit == 100);
  CHECK(headers.rate_remaining == 42);
  CHECK(headers.rate_reset == milliseconds(17'000));
  CHECK_FALSE(headers.rate_window);
}

TEST_CASE("limits with their windows") {
  const ResponseHeaders old = read({"RateLimit-Limit: 100, 100;w=60, 1000;w=3600"});
  CHECK(old.rate_limit == 100);
  CHECK(old.rate_window == milliseconds(60'000));
  const ResponseHeaders policy =
      read({"RateLimit-Limit: 9", "RateLimit-Policy: \"a;b, c\";q=100;w=60, \"daily\";q=1000;w=86400"});
  CHECK(policy.rate_limit == 1000);
  CHECK(policy.rate_window == milliseconds(86'400'000));
  CHECK(read({"RateLimit-Policy: 20;w=1", "RateLimit-Limit: 7"}).rate_limit == 20);
  CHECK_FALSE(read({"RateLimit-Policy: 20;w=0"}).rate_limit);
  CHECK_FALSE(read({"RateLimit-Policy: \"x\";q=a;w=1"}).rate_limit);
}

TEST_CASE("the one RateLimit field, as a dictionary and as a list") {
  const ResponseHeaders dictionary = read({"RateLimit: limit=100, remaining=50, reset=30"});
  CHECK(dictionary.rate_limit == 100);
  CHECK(dictionary.rate_remaining == 50);
  CHECK(dictionary.rate_reset == milliseconds(30'000));
  const ResponseHeaders list = read({"RateLimit: \"default\";r=50;t=30"});
  CHECK(list.rate_remaining == 50);
  CHECK(list.rate_reset == milliseconds(30'000));
  const ResponseHeaders two = read({"RateLimit: \"daily, all\";r=900;t=3600, \"burst\";t=1;r=5"});
  CHECK(two.rate_remaining == 5);
  CHECK(two.rate_reset == milliseconds(1'000));
  CHECK(read({"RateLimit: burst;r=5;t=1, daily;r=900;t=3600"}).rate_remaining == 5);
}

TEST_CASE("X-RateLimit-Reset as a delay, as Unix seconds, as Unix milliseconds, as a date") {
  constexpr std::int64_t now = 1'773'307'800'000;
  const auto reset = [](const std::string& value) { return read({"X-RateLimit-Reset: " + value}, now).rate_reset; };
  CHECK(reset("30") == milliseconds(30'000));
  CHECK(reset("1773307830") == milliseconds(30'000));
  CHECK(reset("1773307830.25") == milliseconds(30'250));
  CHECK(reset("1773307830500") == milliseconds(30'500));
  CHECK(reset("2026-03-12T09:30:30Z") == milliseconds(30'000));
  CHECK(reset("1773307799") == milliseconds(0));
  CHECK(read({"X-Rate-Limit-Reset: 5"}).rate_reset == milliseconds(5'000));
  CHECK(read({"X-RateLimit-Reset: 1773307830", "Date: Thu, 12 Mar 2026 09:30:20 GMT"}, 0).rate_reset ==
        milliseconds(10'000));
  CHECK_FALSE(reset("-5"));
  CHECK_FALSE(reset("1e300"));
}

TEST_CASE("rubbish in the limits is ignored") {
  const ResponseHeaders headers = read(
      {"RateLimit-Limit: many", "RateLimit-Remaining: -3", "X-RateLimit-Remaining: ,;=", "RateLimit: \"unended;r=5",
       "RateLimit: ;;;,,,===", "RateLimit-Policy: \"\\", "RateLimit: limit", "RateLimit: \"x\";r"});
  CHECK_FALSE(headers.rate_limit);
  CHECK_FALSE(headers.rate_remaining);
  CHECK_FALSE(headers.rate_reset);
}
