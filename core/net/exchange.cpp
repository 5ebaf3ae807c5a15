#include "net/exchange.hpp"

namespace apimall::net {

Exchange::Exchange(Kind kind) : handle_(curl_easy_init()), kind_(kind) {
  if (handle_ == nullptr) throw std::bad_alloc();
  require(handle(), CURLOPT_PRIVATE, static_cast<void*>(this));
  require(handle(), CURLOPT_ERRORBUFFER, error_text_.data());
}

bool Exchange::connected() const {
  curl_off_t before_request_us = 0;
  return curl_easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &before_request_us) == CURLE_OK &&
         before_request_us > 0;
}

bool Exchange::request_sent() const {
  long bytes = 0;
  return curl_easy_getinfo(handle(), CURLINFO_REQUEST_SIZE, &bytes) != CURLE_OK || bytes > 0;
}

}  // namespace apimall::net
