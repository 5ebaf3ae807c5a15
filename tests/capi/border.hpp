// What the tests of the C border share: a client of a scripted gateway, and views that are easy to compare.
#pragma once

#include <apimall/apimall.h>
#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../net/scripted_server.hpp"
#include "../net/temporary_folder.hpp"

namespace apimall::test {

using net::tests::closed_port;
using net::tests::Peer;
using net::tests::ScriptedServer;
using net::tests::Seen;
using net::tests::TemporaryFolder;

inline constexpr const char* test_key = "sk-fedcba9876543210fedcba9876543210fedcba9876543210";

template <typename T>
T sized() {
  T value{};
  value.size = static_cast<uint32_t>(sizeof value);
  return value;
}

inline std::string text(const char* bytes, size_t size) { return bytes == nullptr ? "" : std::string(bytes, size); }

inline std::string task_json(const std::string& id, const std::string& status, const std::string& url = "") {
  const std::string urls = url.empty() ? "null" : R"({"resultUrls":[")" + url + R"("]})";
  return R"({"success":true,"data":{"task_id":")" + id + R"(","model":"nano-banana","status":")" + status +
         R"(","output":)" + urls +
         R"(,"credits_used":8,"created_at":"2026-03-12T09:30:00.000Z"},"request_id":"req_1"})";
}

/// The task id at the end of a request's target.
inline std::string id_of(const Seen& seen) {
  const std::string target = seen.target();
  return target.substr(target.rfind('/') + 1);
}

/// An error, taken over and freed.
struct Problem {
  int32_t code = APIMALL_OK;
  int32_t http_status = 0;
  bool retryable = false;
  std::string message;
  std::string request_id;
  std::string task_id;

  explicit Problem(apimall_error* error) {
    if (error == nullptr) return;
    auto fields = sized<apimall_error_fields>();
    REQUIRE(apimall_error_view(error, &fields) == APIMALL_OK);
    code = fields.code;
    http_status = fields.http_status;
    retryable = fields.retryable != 0;
    message = text(fields.message, fields.message_len);
    request_id = text(fields.request_id, fields.request_id_len);
    task_id = text(fields.task_id, fields.task_id_len);
    apimall_error_free(error);
    CHECK(message.find(test_key) == std::string::npos);
  }
};

/// A client of `base_url`, with more settings as "key=value".
class TestClient {
 public:
  explicit TestClient(const std::string& base_url, const std::vector<std::string>& settings = {}) {
    apimall_config* config = nullptr;
    REQUIRE(apimall_config_new(&config) == APIMALL_OK);
    const auto set = [&](const std::string& key, const std::string& value) {
      apimall_error* error = nullptr;
      const int32_t code = apimall_config_set(config, key.data(), key.size(), value.data(), value.size(), &error);
      REQUIRE_MESSAGE(code == APIMALL_OK, Problem(error).message);
    };
    set("base_url", base_url);
    set("api_key", test_key);
    set("proxy", "none");
    for (const std::string& each : settings) set(each.substr(0, each.find('=')), each.substr(each.find('=') + 1));
    REQUIRE(apimall_client_new(config, &client_, nullptr) == APIMALL_OK);
    apimall_config_free(config);
  }
  ~TestClient() { apimall_client_free(client_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  operator apimall_client*() const { return client_; }  // NOLINT(google-explicit-constructor)
  void free() { apimall_client_free(std::exchange(client_, nullptr)); }

 private:
  apimall_client* client_ = nullptr;
};

/// `id` must outlive the submission.
inline apimall_submission waiting_for(std::string_view id, uint64_t token, int64_t timeout_ms = 0) {
  auto submission = sized<apimall_submission>();
  submission.kind = APIMALL_WORK_WAIT;
  submission.token = token;
  submission.timeout_ms = timeout_ms;
  submission.task_id = id.data();
  submission.task_id_len = id.size();
  return submission;
}

/// One event, its objects freed.
struct Told {
  int32_t type;
  uint64_t token;
  int32_t code;
  int32_t status = -1;
  std::string task_id_of_error;
};

class TestPoller {
 public:
  explicit TestPoller(apimall_client* client) { REQUIRE(apimall_poller_new(client, &poller_, nullptr) == APIMALL_OK); }
  ~TestPoller() { apimall_poller_free(poller_); }
  TestPoller(const TestPoller&) = delete;
  TestPoller& operator=(const TestPoller&) = delete;
  operator apimall_poller*() const { return poller_; }  // NOLINT(google-explicit-constructor)

  int32_t submit(const apimall_submission& submission) { return apimall_poller_submit(poller_, &submission, nullptr); }

  /// The next events; empty after the timeout, or once the poller has ended.
  std::vector<Told> next(int64_t timeout_ms = 30'000) {
    std::array<apimall_event, 32> events{};
    size_t count = 0;
    last_code = apimall_poller_next(poller_, events.data(), sizeof(apimall_event), events.size(), timeout_ms, &count);
    std::vector<Told> told;
    for (size_t i = 0; i < count; ++i) told.push_back(take(events[i]));
    return told;
  }

  /// Final events until `count` of them are there.
  std::vector<Told> finals(size_t count) {
    std::vector<Told> all;
    while (all.size() < count) {
      const auto batch = next();
      REQUIRE_FALSE(batch.empty());
      for (const Told& told : batch) {
        if (told.type == APIMALL_EVENT_FINAL) all.push_back(told);
      }
    }
    return all;
  }

  int32_t last_code = APIMALL_OK;

 private:
  static Told take(apimall_event& event) {
    Told told{event.type, event.token, event.code, -1, ""};
    if (event.task != nullptr) {
      auto fields = sized<apimall_image_task_fields>();
      CHECK(apimall_image_task_view(event.task, &fields) == APIMALL_OK);
      told.status = fields.status;
    }
    told.task_id_of_error = Problem(event.error).task_id;
    apimall_image_task_free(event.task);
    apimall_generation_free(event.generation);
    apimall_download_free(event.download);
    apimall_image_history_free(event.history);
    apimall_account_balances_free(event.balances);
    return told;
  }

  apimall_poller* poller_ = nullptr;
};

}  // namespace apimall::test
