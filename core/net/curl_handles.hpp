// libcurl's objects with owners, and options whose failure cannot pass unseen.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace apimall::net {

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
  void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct UrlCleanup {
  void operator()(CURLU* handle) const noexcept { curl_url_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCleanup>;
using MultiHandle = std::unique_ptr<CURLM, MultiCleanup>;
using UrlHandle = std::unique_ptr<CURLU, UrlCleanup>;
using HeaderList = std::unique_ptr<curl_slist, ListCleanup>;

/// Sets an option that must take effect. `Value` is what libcurl reads through its varargs: a `long`, a `curl_off_t` or
/// a pointer.
template <typename Value>
void require(CURL* handle, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(handle, option, value);
  if (result == CURLE_OK) return;
  if (result == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  throw std::runtime_error("libcurl refused option " + std::to_string(static_cast<int>(option)) + ": " +
                           curl_easy_strerror(result));
}

/// Sets an option that a leaner build of libcurl may lack. Gives whether it took effect.
template <typename Value>
bool prefer(CURL* handle, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(handle, option, value);
  if (result == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  return result == CURLE_OK;
}

inline void append_line(HeaderList& list, const char* line) {
  curl_slist* grown = curl_slist_append(list.get(), line);
  if (grown == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(grown);
}

/// Prepares libcurl once per process, at first need and never at load time. From any thread.
void ensure_curl_ready();

}  // namespace apimall::net
