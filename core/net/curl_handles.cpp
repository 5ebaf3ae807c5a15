#include "net/curl_handles.hpp"

namespace apimall::net {

void ensure_curl_ready() {
  // Never undone: another part of the process may be using libcurl by the time that the last client goes.
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw std::runtime_error(std::string("libcurl could not be prepared: ") + curl_easy_strerror(result));
  }
}

}  // namespace apimall::net
