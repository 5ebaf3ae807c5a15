#include <doctest/doctest.h>

#include <set>

#include "net/ca_bundle.hpp"
#include "net/content_range.hpp"
#include "net/file_name.hpp"
#include "net/media_type.hpp"
#include "net/origin.hpp"

namespace apimall::net {
namespace {

using namespace std::string_view_literals;

TEST_CASE("a type is told by the first bytes") {
  CHECK(sniff("\x89PNG\r\n\x1A\n..."sv).extension == ".png");
  CHECK(sniff("\xFF\xD8\xFF\xE0"sv).name == "image/jpeg");
  CHECK(sniff("RIFF\0\0\0\0WEBPVP8 "sv).extension == ".webp");
  CHECK(sniff("GIF89a"sv).extension == ".gif");
  CHECK(sniff("\0\0\0\x1C"
              "ftypavif\0\0\0\0avifmif1miaf"sv)
            .extension == ".avif");
  CHECK(sniff("\0\0\0\x1C"
              "ftypmif1\0\0\0\0mif1avifmiaf"sv)
            .extension == ".avif");
  CHECK(sniff("\0\0\0\x18"
              "ftypheic\0\0\0\0mif1heic"sv)
            .extension == ".heic");
  CHECK(sniff("\0\0\0\x18"
              "ftypisom\0\0\0\0isommp42"sv)
            .name == "video/mp4");
  CHECK(sniff("BM\x10\0\0\0\0\0\0\0\x36\0\0\0"sv).extension == ".bmp");
  CHECK(sniff("II*\0...."sv).extension == ".tiff");
  CHECK(sniff("MM\0*...."sv).extension == ".tiff");
  CHECK(sniff("<?xml version='1.0'?>\n<svg xmlns='x'/>"sv).extension == ".svg");
  CHECK(sniff("\xEF\xBB\xBF \n{}"sv).is_text_answer);
  CHECK(sniff("<?xml version='1.0'?><Error/>"sv).is_text_answer);
  CHECK(sniff("<HTML><svg></svg>"sv).is_text_answer);
  CHECK(sniff("whatever"sv).name.empty());
  CHECK(sniff(""sv).name.empty());
}

TEST_CASE("short and hostile first bytes are looked at within their bounds") {
  const std::string bytes(
      "\0\0\0\xFF"
      "ftypavif",
      12);
  for (std::size_t n = 0; n <= bytes.size(); ++n) sniff(std::string(bytes, 0, n));
  CHECK(sniff(bytes).extension == ".avif");
}

TEST_CASE("a URL's extension counts only when it is one of an image") {
  CHECK(by_url_extension("/a/b.JPEG").name == "image/jpeg");
  CHECK(by_url_extension("/a.png/b").name.empty());
  CHECK(by_url_extension("/a.exe").name.empty());
  CHECK(by_url_extension("").name.empty());
}

TEST_CASE("stems are safe on every system") {
  CHECK(safe_stem("img_01ABC-1") == "img_01ABC-1");
  CHECK(safe_stem("") == "result");
  CHECK(safe_stem("...") == "_");
  CHECK(safe_stem(".hidden") == "_hidden");
  CHECK(safe_stem("a/b\\c:d\ne\xC3\xA9") == "a_b_c_d_e__");
  CHECK(safe_stem("con") == "_con");
  CHECK(safe_stem("LPT1.x") == "_LPT1.x");
  CHECK(safe_stem("console") == "console");
  CHECK(safe_stem(std::string(5000, 'a')).size() == 100);
}

TEST_CASE("a content range is believed only when it makes sense") {
  const auto range = parse_content_range("bytes 100-199/200");
  REQUIRE(range.has_value());
  CHECK(range->first == 100);
  CHECK(range->total == 200);
  CHECK_FALSE(parse_content_range("bytes 100-199/*")->total.has_value());
  for (const char* bad : {"", "bytes", "bytes */200", "bytes 100-99/200", "bytes 100-149/200", "items 1-2/3",
                          "bytes 1-2", "bytes -5-9/10", "bytes 99999999999999999999-1/2", "bytes 1-2/3x"}) {
    CHECK_FALSE(parse_content_range(bad).has_value());
  }
}

TEST_CASE("URLs are shown without what signs them or logs in") {
  CHECK(shown_url("https://cdn.example/a/b.png?X-Sig=abc#f") == "https://cdn.example/a/b.png?…");
  CHECK(shown_url("http://u:p@h:8080/x") == "http://h:8080/x");
  CHECK(shown_url("javascript:alert(1)").find("alert") == std::string::npos);
  CHECK(redacted("Unsupported proxy scheme for 'socks9://me:pw@host'", "") ==
        "Unsupported proxy scheme for 'socks9://***@host'");
  CHECK(redacted("proxy 'me:pw@host' at https://h/p?sig=1 with sk-1", "sk-1") ==
        "proxy '***@host' at https://h/p?… with ***");
}

CaSurroundings made_up(std::set<std::string> files, std::vector<std::pair<std::string, std::string>> variables) {
  CaSurroundings surroundings;
  surroundings.readable_file = [files = std::move(files)](const std::string& path) { return files.count(path) != 0; };
  surroundings.environment = [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    for (const auto& [key, value] : variables) {
      if (key == name) return value;
    }
    return std::nullopt;
  };
  return surroundings;
}

TEST_CASE("authorities: the setting rules, even when it is wrong") {
  const auto bundle =
      find_ca_bundle("/typo.pem", made_up({"/etc/ssl/cert.pem"}, {{"SSL_CERT_FILE", "/etc/ssl/cert.pem"}}));
  CHECK(bundle.file == "/typo.pem");
  CHECK(bundle.story().find("/typo.pem (the ca_bundle setting): not a readable file") != std::string::npos);
}

TEST_CASE("authorities: then the environment, then the places of known systems, then certifi") {
  const std::string rhel = "/etc/pki/tls/certs/ca-bundle.crt";
  CHECK(find_ca_bundle("",
                       made_up({"/e.pem", "/c.pem", rhel}, {{"SSL_CERT_FILE", "/e.pem"}, {"CURL_CA_BUNDLE", "/c.pem"}}))
            .file == "/e.pem");
  CHECK(find_ca_bundle("", made_up({"/c.pem", rhel}, {{"SSL_CERT_FILE", ""}, {"CURL_CA_BUNDLE", "/c.pem"}})).file ==
        "/c.pem");
  const auto stale = find_ca_bundle("", made_up({rhel}, {{"SSL_CERT_FILE", "/gone.pem"}}));
  CHECK(stale.file == rhel);
  CHECK(stale.story().find("/gone.pem (SSL_CERT_FILE): not a readable file") != std::string::npos);
  const std::string certifi = "/venv/lib/python3.11/site-packages/certifi/cacert.pem";
  CHECK(find_ca_bundle("", made_up({certifi}, {{"VIRTUAL_ENV", "/venv"}})).file == certifi);
  CHECK(find_ca_bundle("", made_up({"/opt/homebrew/etc/ca-certificates/cert.pem"}, {}))
            .file.starts_with("/opt/homebrew"));
}

TEST_CASE("authorities: none found says where it looked and what to do") {
  const auto bundle = find_ca_bundle("", made_up({}, {}));
  CHECK(bundle.file.empty());
  for (const char* part :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/ca-bundle.pem", "SSL_CERT_FILE", "ca_bundle"}) {
    CHECK(bundle.story().find(part) != std::string::npos);
  }
}

TEST_CASE("authorities: the native store comes after what was asked for and before guesses") {
  auto surroundings = made_up({"/e.pem", "/etc/ssl/cert.pem"}, {});
  surroundings.native_store = true;
  CHECK(find_ca_bundle("", surroundings).native_store);
  surroundings = made_up({"/e.pem"}, {{"SSL_CERT_FILE", "/e.pem"}});
  surroundings.native_store = true;
  CHECK_FALSE(find_ca_bundle("", surroundings).native_store);
}

}  // namespace
}  // namespace apimall::net
