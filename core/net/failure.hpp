// From libcurl's result codes to a `Failure`: what happened, where, what to do, and whether the request can have
// arrived.
#pragma once

#include <curl/curl.h>

#include <string>

#include "net/transport.hpp"

namespace apimall::net {

struct CaBundle;

/// How a transfer ended without an answer.
struct BrokenTransfer {
  CURLcode result = CURLE_OK;
  std::string detail;         ///< libcurl's own words, redacted
  std::string where;          ///< host:port, or a shown URL
  bool connected = false;     ///< a connection, TLS included, stood when it broke
  bool request_sent = false;  ///< at least a part of the request was written
  const CaBundle* ca = nullptr;
};

Failure explain(const BrokenTransfer& broken);

/// Answers that our own clock gave up on.
Failure connect_timed_out(const std::string& where, std::chrono::milliseconds limit, bool request_sent);
Failure request_timed_out(const std::string& where, std::chrono::milliseconds limit, bool request_sent);
Failure download_stalled(const std::string& where, std::chrono::milliseconds limit);
Failure response_too_large(const std::string& where, std::size_t limit);

}  // namespace apimall::net
