// The library as a program sees it: a client and a poller through the C ABI, and nothing of core/.
#pragma once

#include <apimall/apimall.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "bench.hpp"

namespace bench {

inline constexpr const char* api_key = "sk-000000000000000000000000000000000000000000000000";

/// The id of a task, in the documented form.
inline std::string task_id(std::uint64_t number, const char* end = "") {
  std::array<char, 40> text{};
  const int width = 26 - static_cast<int>(std::char_traits<char>::length(end));
  const int size =
      std::snprintf(text.data(), text.size(), "img_%0*llu%s", width, static_cast<unsigned long long>(number), end);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

inline void check(int32_t code, apimall_error* error = nullptr) {
  if (code == APIMALL_OK) return;
  std::string why = apimall_code_name(code);
  apimall_error_fields fields = APIMALL_ERROR_FIELDS_INIT;
  if (error != nullptr && apimall_error_view(error, &fields) == APIMALL_OK) why += std::string(": ") + fields.message;
  die(why);
}

/// A client, and one poller of it.
class Library {
 public:
  using Settings = std::initializer_list<std::pair<const char*, std::string>>;

  explicit Library(const std::string& base_url, Settings settings = {}) {
    apimall_config* config = nullptr;
    check(apimall_config_new(&config));
    const auto set = [&](const char* key, const std::string& value) {
      apimall_error* error = nullptr;
      check(apimall_config_set(config, key, APIMALL_STRLEN, value.data(), value.size(), &error), error);
    };
    set("api_key", api_key);
    set("base_url", base_url);
    for (const auto& [key, value] : settings) set(key, value);
    apimall_error* error = nullptr;
    check(apimall_client_new(config, &client_, &error), error);
    check(apimall_poller_new(client_, &poller_, &error), error);
    apimall_config_free(config);
  }
  ~Library() {
    apimall_poller_free(poller_);
    apimall_client_free(client_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  void submit(int32_t kind, std::uint64_t token, const std::string& id, const std::string& folder = {}) {
    apimall_submission submission = APIMALL_SUBMISSION_INIT;
    submission.kind = kind;
    submission.token = token;
    submission.task_id = id.data();
    submission.task_id_len = id.size();
    if (!folder.empty()) {
      submission.folder = folder.data();
      submission.folder_len = folder.size();
    }
    apimall_error* error = nullptr;
    check(apimall_poller_submit(poller_, &submission, &error), error);
  }

  /// Takes what has come, waiting for the first; an event that is not a success ends the program.
  template <typename Take>
  void next(Take&& take) {
    std::array<apimall_event, 64> events;
    std::size_t count = 0;
    check(apimall_poller_next(poller_, events.data(), sizeof(apimall_event), events.size(), 30'000, &count));
    if (count == 0) die("no event within 30 s");
    for (const apimall_event& event : std::span(events).first(count)) {
      check(event.code, event.error);
      take(event);
      apimall_image_task_free(event.task);
      apimall_download_free(event.download);
    }
  }

  /// Looks at a task that cannot be had, and gives the code of the error.
  int32_t refused(const std::string& id) {
    apimall_image_task* task = nullptr;
    const int32_t code = apimall_get_image_task(client_, id.data(), id.size(), nullptr, &task, nullptr);
    apimall_image_task_free(task);
    return code;
  }

  apimall_stats stats() const {
    apimall_stats stats = APIMALL_STATS_INIT;
    check(apimall_client_stats(client_, &stats));
    return stats;
  }

 private:
  apimall_client* client_ = nullptr;
  apimall_poller* poller_ = nullptr;
};

/// What a client is told that shall never wait for its rate budget.
inline constexpr const char* no_limit = "100000";

}  // namespace bench
