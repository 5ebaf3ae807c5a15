// Requests to the gateway: the only place that knows the key, and where it goes.
#pragma once

#include <memory>
#include <string>

#include "net/body_buffer.hpp"
#include "net/connection_options.hpp"
#include "net/exchange.hpp"
#include "net/origin.hpp"

namespace apimall::net {

/// What all requests to the gateway share.
class Gateway {
 public:
  /// Throws `std::invalid_argument` when the base URL is not one.
  Gateway(const TransportSettings& settings, const ConnectionOptions& connection);

  /// Sets everything that does not change from request to request.
  void prepare(CURL* handle) const;
  void aim(CURL* handle, const std::string& target, std::string& scratch) const;

  curl_slist* headers_of(const wire::Request& request) const;
  const std::string& where() const { return where_; }
  std::size_t max_response_bytes() const { return max_response_bytes_; }
  /// The wall clock in Unix milliseconds, read once per round of work.
  std::int64_t now_ms = 0;
  mutable wire::DateMemo date_memo;  ///< of whatever exchange read it last

 private:
  bool url_per_request() const { return !origin_.tls && connection_.proxies_clear_gateway(); }

  const ConnectionOptions& connection_;
  std::string base_url_;
  UrlHandle url_;
  Origin origin_;
  std::string where_;
  HeaderList poll_headers_;
  HeaderList get_headers_;
  HeaderList post_headers_;
  std::size_t max_response_bytes_;
};

class ApiExchange : public Exchange {
 public:
  explicit ApiExchange(const Gateway& gateway);

  /// Takes up a request; the handle is then ready for the multi handle.
  void start(ExchangeId new_id, const wire::Request& request);
  /// The answer; its body is valid until `reset`.
  wire::Response take_response();
  void reset() { body_.clear(); }

  bool too_large() const { return too_large_; }
  bool out_of_memory() const { return out_of_memory_; }

 private:
  static std::size_t on_header(char* line, std::size_t one, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self) noexcept;
  static int on_attempt(void* self, char*, char*, int, int) noexcept;
  void become(const wire::Request& request);

  const Gateway& gateway_;
  wire::ResponseHeaders headers_;
  BodyBuffer body_;
  std::string sent_body_;
  std::string url_scratch_;
  wire::Method method_ = wire::Method::get;
  const curl_slist* lines_ = nullptr;
  int attempts_ = 0;
  bool too_large_ = false;
  bool out_of_memory_ = false;
};

}  // namespace apimall::net
