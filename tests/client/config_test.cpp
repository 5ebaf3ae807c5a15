// Settings: what is taken, what is refused, and what the refusal says.
#include <doctest/doctest.h>

#include <cstdlib>

#include "client/base_url.hpp"
#include "client/config.hpp"
#include "client/quantity.hpp"

using namespace apimall;
using namespace std::chrono_literals;

namespace {

std::string refusal(std::string_view key, std::string_view value) {
  Config config;
  const auto error = config.set(key, value);
  if (!error) return "";
  CHECK(error->code == Code::invalid_setting);
  return error->message;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("every setting has the default that its description tells") {
  const Config config;
  CHECK(config.text(Setting::base_url) == "https://gateway.apimall.ai");
  CHECK(config.duration(Setting::request_timeout) == 30s);
  CHECK(config.duration(Setting::wait_timeout) == 10min);
  CHECK(config.duration(Setting::poll_price) == 250ms);
  CHECK(config.integer(Setting::max_in_flight) == 64);
  CHECK(config.integer(Setting::max_response_bytes) == 16 << 20);
  CHECK(config.is_special(Setting::rate_per_second));
  CHECK(config.is_special(Setting::ca_bundle));
  CHECK(config.is_special(Setting::api_key));
}

TEST_CASE("durations take units") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("1.5min") == 90s);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("0") == 0s);
  for (const char* bad : {"", "30", "s", "-1s", "1e3s", "30 s", "30sec", "nan s", "1..5s", "99999999999999999h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("sizes take binary units") {
  CHECK(parse_size("512") == 512);
  CHECK(parse_size("1.5KiB") == 1536);
  CHECK(parse_size("16MiB") == 16 << 20);
  for (const char* bad : {"", "MiB", "1MB", "-1", "0.3", "1e3"}) CHECK_FALSE(parse_size(bad));
}

TEST_CASE("a refusal names the key, the value and what is allowed") {
  CHECK(contains(refusal("request_timeout", "soon"), "Setting request_timeout: 'soon' is not valid"));
  CHECK(contains(refusal("request_timeout", "soon"), "such as 250ms, 30s or 10min"));
  CHECK(contains(refusal("request_timeout", "2h"), "from 10ms to 1h"));
  CHECK(contains(refusal("max_in_flight", "0"), "from 1 to 1024"));
  CHECK(contains(refusal("http_version", "3"), "one of: auto,1.1,2"));
  CHECK(contains(refusal("rate_per_second", "-1"), "or one of: auto"));
  CHECK(contains(refusal("tempo", "1"), "There is no setting 'tempo'. Settings are: api_key base_url"));
}

TEST_CASE("special words and values replace each other") {
  Config config;
  CHECK_FALSE(config.set("wait_timeout", "none"));
  CHECK_FALSE(config.duration(Setting::wait_timeout));
  CHECK_FALSE(config.set("wait_timeout", "1h"));
  CHECK(config.duration(Setting::wait_timeout) == 1h);
  CHECK_FALSE(config.set("rate_per_second", "2.5"));
  CHECK(config.number(Setting::rate_per_second) == 2.5);
  CHECK_FALSE(config.set("rate_per_second", "auto"));
  CHECK(config.is_special(Setting::rate_per_second));
}

TEST_CASE("a bad key is never shown") {
  const std::string secret = "sk-0123456789 abcdef";
  const std::string message = refusal("api_key", secret);
  CHECK(contains(message, "not shown, 20 bytes"));
  CHECK_FALSE(contains(message, "0123456789"));
  CHECK(refusal("api_key", "") != "");
  CHECK(refusal("api_key", "with\nnewline") != "");
  CHECK(refusal("api_key", std::string(513, 'k')) != "");
  CHECK(refusal("api_key", "sk-good") == "");
}

TEST_CASE("the gateway's address must keep the key safe") {
  for (const auto& [given, taken] : {std::pair{"https://gateway.apimall.ai", "https://gateway.apimall.ai"},
                                     {"HTTPS://Gateway.APImall.ai/", "https://gateway.apimall.ai"},
                                     {"https://proxy.example:8443/apimall/", "https://proxy.example:8443/apimall"},
                                     {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
                                     {"http://localhost:1", "http://localhost:1"},
                                     {"http://[::1]:8080/", "http://[::1]:8080"}}) {
    CAPTURE(given);
    const auto url = check_base_url(given);
    REQUIRE(url);
    CHECK(*url == taken);
  }
  for (const char* bad : {"http://gateway.apimall.ai",
                          "http://127.0.0.1.evil.example",
                          "http://localhost.evil.example",
                          "ftp://a",
                          "https://",
                          "gateway.apimall.ai",
                          "https://user:pw@host",
                          "https://host?x=1",
                          "https://host#x",
                          "https://host:0",
                          "https://host:99999",
                          "https://host:",
                          "https://ho st",
                          "https://h\x01",
                          "https://[::1",
                          "",
                          "http://127.0.0.1@evil.example",
                          "http://127.0.0.1:80@evil.example",
                          "http://127.0.0.1\\@evil.example",
                          "http://127.0.0.1\\.evil.example",
                          "http://127.0.0.1%2eevil.example",
                          "http://127.0.0.1%00.x",
                          "http://127.0.0.1#@evil.example",
                          "http://127.0.0.1?@evil.example",
                          "http://127.0.0.1:80:81",
                          "http://[::1]evil.example",
                          "http://[::1].evil.example",
                          "http://[::ffff:1.2.3.4]",
                          "http://127.1",
                          "http://127.0.0.256",
                          "http://127.0.0.01",
                          "http://127...1",
                          "http://0127.0.0.1",
                          "http://2130706433",
                          "http://0x7f000001",
                          "http://0.0.0.0",
                          "http://localhost.",
                          "http:///x",
                          "http:127.0.0.1",
                          "http:\\\\127.0.0.1",
                          "https://ho%73t",
                          "https://host\\evil.example",
                          "https://host/a\\b",
                          "https://h<ost",
                          "https://[::1%25lo]",
                          "https://a,b",
                          "//host",
                          "https://host\r\nX-Injected: 1"}) {
    CAPTURE(bad);
    CHECK_FALSE(check_base_url(bad));
  }
  CHECK(contains(refusal("base_url", "http://gateway.apimall.ai"), "clear text"));
}

TEST_CASE("a refused URL is shown without its password") {
  for (const char* key : {"base_url", "proxy"}) {
    const std::string message = refusal(key, "https://me:hunter2@host/" + std::string(2048, 'x'));
    CHECK(contains(message, "https://***@host/"));
    CHECK_FALSE(contains(message, "hunter2"));
  }
  CHECK_FALSE(contains(refusal("base_url", "hunter2@host"), "hunter2"));
}

TEST_CASE("only this machine's own addresses are loopback") {
  for (const char* here : {"http://127.0.0.1:3128", "127.0.0.1:3128", "socks5h://me:pw@127.9.8.7", "http://[::1]:1/",
                           "LOCALHOST", "http://localhost"}) {
    CAPTURE(here);
    CHECK(leads_to_loopback(here));
  }
  for (const char* away : {"http://proxy.example:3128", "127.0.0.1@proxy.example", "http://127.0.0.1:80@proxy.example/",
                           "http://proxy.example/127.0.0.1", "http://127.0.0.1.example",
                           "http://proxy.example\\@127.0.0.1", "", "http://", "[::2]"}) {
    CAPTURE(away);
    CHECK_FALSE(leads_to_loopback(away));
  }
}

TEST_CASE("no setting that becomes a header can hold a line's end") {
  for (const char* key : {"api_key", "user_agent_suffix", "proxy", "base_url"}) {
    for (const char* end : {"\r", "\n", "\r\nX-Injected: 1", "\t", "\x7f", "\xc2\x85"}) {
      CAPTURE(key);
      CHECK(refusal(key, std::string("https://a") + end) != "");
    }
    CHECK(refusal(key, std::string("https://a\0b", 11)) != "");
  }
}

TEST_CASE("the environment gives settings, and an error says which variable was wrong") {
  setenv("APIMALL_API_KEY", "sk-env", 1);
  setenv("APIMALL_BASE_URL", "", 1);
  Config config;
  CHECK_FALSE(config.load_env());
  CHECK(config.text(Setting::api_key) == "sk-env");
  CHECK(config.text(Setting::base_url) == "https://gateway.apimall.ai");
  setenv("APIMALL_BASE_URL", "nonsense", 1);
  const auto error = config.load_env();
  REQUIRE(error);
  CHECK(contains(error->message, "APIMALL_BASE_URL"));
  unsetenv("APIMALL_API_KEY");
  unsetenv("APIMALL_BASE_URL");
}
