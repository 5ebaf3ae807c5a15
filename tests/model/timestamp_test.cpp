#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "model/timestamp.hpp"

using namespace apimall;

TEST_CASE("the gateway's own form is read") {
  CHECK(parse_timestamp("2026-03-12T09:31:06.000Z") == 1'773'307'866'000);
  CHECK(parse_timestamp("2026-03-12T09:31:06.789Z") == 1'773'307'866'789);
  CHECK(parse_timestamp("1970-01-01T00:00:00.000Z") == 0);
  CHECK(parse_timestamp("1969-12-31T23:59:59.999Z") == -1);
  CHECK(parse_timestamp("2000-02-29T00:00:00.000Z") == 951'782'400'000);
  CHECK(parse_timestamp("0000-01-01T00:00:00.000Z") == -62'167'219'200'000);
  CHECK(parse_timestamp("9999-12-31T23:59:59.999Z") == 253'402'300'799'999);
}

TEST_CASE("fractions of up to nine digits, cut to milliseconds") {
  CHECK(parse_timestamp("2026-03-12T09:31:06Z") == 1'773'307'866'000);
  CHECK(parse_timestamp("2026-03-12T09:31:06.5Z") == 1'773'307'866'500);
  CHECK(parse_timestamp("2026-03-12T09:31:06.45Z") == 1'773'307'866'450);
  CHECK(parse_timestamp("2026-03-12T09:31:06.123456Z") == 1'773'307'866'123);
  CHECK(parse_timestamp("2026-03-12T09:31:06.123999999Z") == 1'773'307'866'123);
}

TEST_CASE("offsets from UTC") {
  CHECK(parse_timestamp("2026-03-12T11:31:06+02:00") == 1'773'307'866'000);
  CHECK(parse_timestamp("2026-03-12T03:31:06.001-06:00") == 1'773'307'866'001);
  CHECK(parse_timestamp("2026-03-12T15:16:06+05:45") == 1'773'307'866'000);
  CHECK(parse_timestamp("2026-03-12T09:31:06-00:00") == 1'773'307'866'000);
}

TEST_CASE("anything else is nothing") {
  for (const char* text : {"",
                           "Z",
                           "2026",
                           "2026-03-12",
                           "2026-03-12T09:31:06",
                           "2026-03-12 09:31:06Z",
                           "2026-03-12t09:31:06Z",
                           "2026-03-12T09:31:06z",
                           "2026-3-12T09:31:06Z",
                           "2026-03-12T9:31:06Z",
                           "2026-03-12T09:31Z",
                           "2026-03-12T09:31:06.Z",
                           "2026-03-12T09:31:06.1234567890Z",
                           "2026-03-12T09:31:06,5Z",
                           "2026-03-12T09:31:06.12aZ",
                           "2026-03-12T09:31:06+0200",
                           "2026-03-12T09:31:06+02",
                           "2026-03-12T09:31:06+24:00",
                           "2026-03-12T09:31:06+02:60",
                           "2026-03-12T09:31:06 02:00",
                           "2026-00-12T09:31:06Z",
                           "2026-13-12T09:31:06Z",
                           "2026-03-00T09:31:06Z",
                           "2026-03-32T09:31:06Z",
                           "2026-04-31T09:31:06.000Z",
                           "2026-02-29T09:31:06Z",
                           "2100-02-29T09:31:06.000Z",
                           "2026-03-12T24:00:00Z",
                           "2026-03-12T09:60:06.000Z",
                           "2026-03-12T09:31:60Z",
                           "-026-03-12T09:31:06.000Z",
                           "+2026-03-12T09:31:06.000Z",
                           "2026-03-12T09:31:06.000Z ",
                           " 2026-03-12T09:31:06.000Z",
                           "2026-03-12T09:31:06.000ZZ",
                           "2O26-03-12T09:31:06.000Z",
                           "2026/03/12T09:31:06.000Z",
                           "2026-03-12T09:31:06.00:Z",
                           "1773307866",
                           "now"}) {
    INFO(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("every byte of the gateway's form matters") {
  const std::string good = "2026-03-12T09:31:06.000Z";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[i] = static_cast<char>(byte);
      const bool is_digit_place = good[i] >= '0' && good[i] <= '9';
      const bool fits = text[i] == good[i] || (is_digit_place && byte >= '0' && byte <= '9');
      const auto time = parse_timestamp(text);
      if (!fits) CHECK_FALSE(time);
      if (time) CHECK(format_timestamp(*time) == text);
    }
  }
}

TEST_CASE("what is written reads back, over ten thousand years") {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<UnixMillis> times(-62'167'219'200'000, 253'402'300'799'999);
  for (int i = 0; i < 20'000; ++i) {
    const UnixMillis time = times(random);
    CHECK(parse_timestamp(format_timestamp(time)) == time);
  }
  CHECK(format_timestamp(1'773'307'866'000) == "2026-03-12T09:31:06.000Z");
  CHECK(format_timestamp(-1) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("times beyond four-digit years are written as the nearest one that fits") {
  CHECK(format_timestamp(std::numeric_limits<UnixMillis>::min()) == "0000-01-01T00:00:00.000Z");
  CHECK(format_timestamp(std::numeric_limits<UnixMillis>::max()) == "9999-12-31T23:59:59.999Z");
}
