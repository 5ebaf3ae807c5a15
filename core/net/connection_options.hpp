// What all of a client's connections have in common: trust, TLS version, proxy, time to connect, HTTP version.
#pragma once

#include <memory>
#include <string>

#include "net/ca_bundle.hpp"
#include "net/curl_handles.hpp"
#include "net/lazy_trust.hpp"
#include "net/transport.hpp"

namespace apimall::net {

class ConnectionOptions {
 public:
  explicit ConnectionOptions(const TransportSettings& settings);

  /// HTTP/2 in the clear, if it was asked for at all, is for the gateway alone: it cannot be negotiated.
  enum class Towards { gateway_in_the_clear, gateway_with_tls, any_host };
  /// Sets them on a new handle, which must not outlive this.
  void apply(CURL* handle, Towards towards) const;

  const CaBundle& ca_bundle() const { return ca_; }
  /// Whether requests to a gateway in the clear go through a proxy: only when it was set for this client. Such a
  /// gateway is on this machine, and a proxy that the environment names for everything else must not see the key.
  bool proxies_clear_gateway() const { return proxy_set_; }

 private:
  void apply_trust(CURL* handle, Towards towards) const;
  bool apply_lazy_trust(CURL* handle, Towards towards) const;
  void apply_proxy(CURL* handle, Towards towards) const;
  void apply_http_version(CURL* handle, Towards towards) const;

  CaBundle ca_;
  mutable std::unique_ptr<LazyTrust> lazy_trust_;  ///< made with the first handle that may need it
  mutable bool lazy_trust_tried_ = false;
  std::optional<std::string> proxy_;
  bool proxy_set_;
  HttpVersion http_version_;
  long connect_timeout_ms_;
};

}  // namespace apimall::net
