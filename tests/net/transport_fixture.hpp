// What the transport's tests share.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "net/transport.hpp"
#include "scripted_server.hpp"
#include "temporary_folder.hpp"

namespace apimall::net::tests {

inline constexpr const char* test_key = "sk-0123456789abcdef0123456789abcdef0123456789abcdef";

inline TransportSettings settings_for(const std::string& base_url) {
  TransportSettings settings;
  settings.base_url = base_url;
  settings.api_key = test_key;
  settings.user_agent = "apimall-test/1";
  settings.proxy = "";
  return settings;
}

inline wire::Request get(std::string target = "/api/v1/images/img_1") {
  return {wire::Method::get, std::move(target), ""};
}
inline wire::Request post(std::string body) { return {wire::Method::post, "/api/v1/images/generate", std::move(body)}; }

/// Runs the transport until it has something to report. The bound is for tests that would otherwise never end.
inline Transport::Completion await(Transport& transport) {
  for (int rounds = 0; rounds < 600; ++rounds) {
    if (auto completion = transport.next_completion()) return std::move(*completion);
    transport.run(std::chrono::milliseconds(100));
  }
  FAIL("nothing was reported");
  return {};
}

inline Failure failure_of(Transport::Completion completion) {
  auto* failure = std::get_if<Failure>(&completion.outcome);
  REQUIRE(failure != nullptr);
  CHECK(failure->message.find(test_key) == std::string::npos);
  return *failure;
}

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// `count` bytes that begin like a PNG file.
inline std::string png(std::size_t count) {
  std::string bytes("\x89PNG\r\n\x1A\n", 8);
  for (std::size_t i = 8; i < count; ++i) bytes += static_cast<char>('a' + i % 23);
  return bytes;
}

}  // namespace apimall::net::tests
