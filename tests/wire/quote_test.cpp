#include <doctest/doctest.h>

#include "wire/quote.hpp"

using namespace apimall::wire;

TEST_CASE("foreign text is cut at a character's border") {
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("abcd", 3) == "abc…");
  CHECK(printable("ab\xC3\xA4", 3) == "ab…");
  CHECK(printable("ab\xC3\xA4", 4) == "ab\xC3\xA4");
  CHECK(printable(std::string(1000, 'x')) == std::string(120, 'x') + "…");
  CHECK(quote("") == "\"\"");
}

TEST_CASE("what cannot be printed is not") {
  CHECK(printable("a\r\n\t b\x1B[0m\x7F") == "a b [0m");
  CHECK(printable(std::string_view("a\0\0b", 4)) == "a b");
  CHECK(printable("a\xFF\xC3") == "a??");
  CHECK(printable("\xED\xA0\x80") == "???");
  CHECK(printable("a\xC2\x85"
                  "b") == "a b");
  CHECK(printable("a\xE2\x80\xAE"
                  "b") == "a b");
  CHECK(printable("\xE7\x8C\xAB \xF0\x9F\x98\x80") == "\xE7\x8C\xAB \xF0\x9F\x98\x80");
}

TEST_CASE("keys and signatures are left out") {
  CHECK(printable("key sk-0123456789abcdef!") == "key sk-…!");
  CHECK(printable("sk-short task-0123456789abcdef") == "sk-short task-0123456789abcdef");
  CHECK(printable("\"https://x/y?sig=1\" and y?z") == "\"https://x/y?…\" and y?z");
}
