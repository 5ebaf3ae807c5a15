#include "net/connection_options.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace apimall::net {
namespace {

/// libcurl reads these for every single request. When none is set, telling it so saves the reading.
bool environment_names_a_proxy() {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

}  // namespace

ConnectionOptions::ConnectionOptions(const TransportSettings& settings)
    : ca_(find_ca_bundle(settings.ca_bundle, real_ca_surroundings())),
      proxy_(settings.proxy),
      proxy_set_(settings.proxy && !settings.proxy->empty()),
      http_version_(settings.http_version),
      connect_timeout_ms_(static_cast<long>(
          std::clamp<std::int64_t>(settings.connect_timeout.count(), 1, std::numeric_limits<std::int32_t>::max()))) {
  if (!proxy_ && !environment_names_a_proxy()) proxy_.emplace();
}

void ConnectionOptions::apply(CURL* handle, Towards towards) const {
  require(handle, CURLOPT_NOSIGNAL, 1L);
  require(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  require(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms_);
  require(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
#if LIBCURL_VERSION_NUM >= 0x075500
  require(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  require(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  apply_trust(handle, towards);
  apply_proxy(handle, towards);
  apply_http_version(handle, towards);
}

void ConnectionOptions::apply_trust(CURL* handle, Towards towards) const {
  require(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  require(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  require(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (ca_.native_store) {
    prefer(handle, CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NATIVE_CA));
    prefer(handle, CURLOPT_PROXY_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NATIVE_CA));
    return;
  }
  // With no file found, whatever libcurl was built with is the last resort.
  if (ca_.file.empty()) return;
  const auto no_path = static_cast<const char*>(nullptr);
  prefer(handle, CURLOPT_CAPATH, no_path);
  prefer(handle, CURLOPT_PROXY_CAINFO, ca_.file.c_str());
  prefer(handle, CURLOPT_PROXY_CAPATH, no_path);
  if (!apply_lazy_trust(handle, towards)) require(handle, CURLOPT_CAINFO, ca_.file.c_str());
}

/// Has libcurl load nothing, and gives each new connection our store. False when libcurl is to load the file itself.
bool ConnectionOptions::apply_lazy_trust(CURL* handle, Towards towards) const {
  if (towards == Towards::gateway_in_the_clear) return false;
  if (!lazy_trust_tried_) lazy_trust_ = LazyTrust::open(ca_.file);
  lazy_trust_tried_ = true;
  if (lazy_trust_ == nullptr || !prefer(handle, CURLOPT_SSL_CTX_FUNCTION, &LazyTrust::on_context)) return false;
  require(handle, CURLOPT_SSL_CTX_DATA, static_cast<void*>(lazy_trust_.get()));
  require(handle, CURLOPT_CAINFO, static_cast<const char*>(nullptr));  // no authorities, should we not be called
  return true;
}

void ConnectionOptions::apply_proxy(CURL* handle, Towards towards) const {
  const bool none = (proxy_ && proxy_->empty()) || (towards == Towards::gateway_in_the_clear && !proxy_set_);
  if (!proxy_ && !none) return;  // libcurl reads the environment
  require(handle, CURLOPT_PROXY, none ? "" : proxy_->c_str());
  if (none) require(handle, CURLOPT_NOPROXY, "");
}

void ConnectionOptions::apply_http_version(CURL* handle, Towards towards) const {
  const bool clear = towards == Towards::gateway_in_the_clear;
  if (http_version_ == HttpVersion::http1 || (clear && http_version_ == HttpVersion::automatic)) {
    require(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    return;
  }
  const long version = clear ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2TLS;
  if (!prefer(handle, CURLOPT_HTTP_VERSION, version)) {
    require(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    return;
  }
  // A burst on a cold client would open a connection per request before the first one has said that it can multiplex.
  require(handle, CURLOPT_PIPEWAIT, 1L);
}

}  // namespace apimall::net
