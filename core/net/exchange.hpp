// One request and its answer in flight: a pooled libcurl handle with what belongs to it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "net/curl_handles.hpp"
#include "net/transport.hpp"

namespace apimall::net {

using Clock = std::chrono::steady_clock;

class Exchange {
 public:
  enum class Kind : std::uint8_t { api, asset };

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  CURL* handle() const { return handle_.get(); }
  Kind kind() const { return kind_; }

  /// Whether a connection, TLS included, was there to send the request on.
  bool connected() const;
  /// Whether any byte of the request was written.
  bool request_sent() const;
  /// libcurl's words about what went wrong.
  const char* error_text() const { return error_text_.data(); }

  ExchangeId id = 0;
  std::size_t slot = 0;  ///< where the transport keeps it while it is under way
  Clock::time_point started;
  Clock::time_point touched;  ///< when something last came

 protected:
  explicit Exchange(Kind kind);
  void forget_error() { error_text_[0] = '\0'; }

 private:
  EasyHandle handle_;
  Kind kind_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace apimall::net
