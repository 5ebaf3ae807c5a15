// The peer of most rows: libcurl's multi interface driven by the plainest loop, which parses and keeps nothing.
#pragma once

#include <curl/curl.h>

#include <string>
#include <vector>

#include "library.hpp"

namespace bench {

struct BareSettings {
  std::string base_url;
  std::size_t in_flight = 1;
  bool http2 = false;
};

class BareLoop {
 public:
  explicit BareLoop(const BareSettings& settings) : settings_(settings), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * settings.in_flight));
    headers_ = curl_slist_append(headers_, (std::string("Authorization: Bearer ") + api_key).c_str());
    headers_ = curl_slist_append(headers_, "Accept: application/json");
    for (std::size_t i = 0; i < settings.in_flight; ++i) easies_.push_back(make_easy());
  }
  ~BareLoop() {
    for (CURL* easy : easies_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  /// Asks for `requests` tasks, the first of which has the number `first`.
  void turn(std::uint64_t first, std::size_t requests) {
    std::size_t sent = 0;
    std::size_t done = 0;
    while (sent < std::min(requests, easies_.size())) {
      add(easies_[sent], first + sent);
      ++sent;
    }
    while (done < requests) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        CURL* easy = message->easy_handle;
        if (message->data.result != CURLE_OK) die(curl_easy_strerror(message->data.result));
        curl_multi_remove_handle(multi_, easy);
        ++done;
        if (sent < requests) add(easy, first + sent++);
      }
      if (done < requests) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
  }

 private:
  CURL* make_easy() const {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "apimall-bench");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &BareLoop::discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (settings_.http2) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, variable("CA_FILE"));
      curl_easy_setopt(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
      curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    }
    const long version = settings_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    return easy;
  }

  void add(CURL* easy, std::uint64_t number) {
    curl_easy_setopt(easy, CURLOPT_URL, (settings_.base_url + "/api/v1/images/" + task_id(number)).c_str());
    curl_multi_add_handle(multi_, easy);
  }

  static std::size_t discard(char*, std::size_t, std::size_t count, void*) { return count; }

  BareSettings settings_;
  CURLM* multi_;
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> easies_;
};

}  // namespace bench
