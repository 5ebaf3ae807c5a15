#include "net/failure.hpp"

#include "net/ca_bundle.hpp"

namespace apimall::net {
namespace {

struct Kind {
  Code code;
  bool retryable;
  const char* happened;  ///< ends where "host:port" follows
  const char* advice;
};

constexpr const char* check_network = "Check the network, the base URL and the proxy settings.";
constexpr const char* try_again = "Trying again may help.";

Kind kind_of(const BrokenTransfer& broken) {
  switch (broken.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::connection_failed, true, "could not find the address of ", check_network};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {Code::connection_failed, true, "could not find the address of the proxy on the way to ", check_network};
    case CURLE_COULDNT_CONNECT:
      return {Code::connection_failed, true, "could not connect to ", check_network};
    case CURLE_PROXY:
      return {Code::connection_failed, true, "the proxy did not connect to ", check_network};
    case CURLE_OPERATION_TIMEDOUT:
      if (!broken.connected) return {Code::connection_failed, true, "took too long to connect to ", check_network};
      return {Code::request_timed_out, true, "no whole answer in time from ", try_again};
    case CURLE_SSL_CONNECT_ERROR:
      return {Code::tls_failed, true, "no TLS connection could be agreed on with ", check_network};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return {Code::tls_failed, false, "could not verify the certificate of ", ""};
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
      return {Code::tls_failed, false, "TLS is not usable towards ", ""};
    case CURLE_PARTIAL_FILE:
      return {Code::connection_failed, true, "the answer was truncated by ", try_again};
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2_STREAM:
      return {Code::connection_failed, true, "the connection broke before the whole answer had come from ", try_again};
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_SEND_FAIL_REWIND:
      return {Code::connection_failed, true, "the connection broke after the request had been sent to ",
              "It was not sent again, because it may have been accepted."};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
      return {Code::protocol, true, "not a valid HTTP answer from ",
              "Check that the base URL is the gateway's and that no proxy alters its answers."};
    case CURLE_TOO_MANY_REDIRECTS:  // these come of redirects alone, and only downloads follow any
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
      return {Code::download_failed, false, "not an acceptable redirect, from ", ""};
    case CURLE_OUT_OF_MEMORY:
      return {Code::out_of_memory, false, "out of memory while talking to ", ""};
    default:
      return {Code::connection_failed, true, "the exchange failed with ", try_again};
  }
}

std::string in_seconds(std::chrono::milliseconds time) {
  const auto ms = time.count();
  if (ms % 1000 != 0) return std::to_string(ms) + " ms";
  return std::to_string(ms / 1000) + " s";
}

}  // namespace

Failure explain(const BrokenTransfer& broken) {
  const Kind kind = kind_of(broken);
  Failure failure;
  failure.code = kind.code;
  failure.retryable = kind.retryable;
  failure.maybe_received = broken.request_sent;
  failure.message =
      kind.happened + broken.where + ": " + (broken.detail.empty() ? curl_easy_strerror(broken.result) : broken.detail);
  if (failure.message.back() != '.') failure.message += '.';
  if (*kind.advice != '\0') failure.message += std::string(" ") + kind.advice;
  if (kind.code == Code::tls_failed && !kind.retryable && broken.ca != nullptr) {
    failure.message += " " + broken.ca->story();
  }
  return failure;
}

Failure connect_timed_out(const std::string& where, std::chrono::milliseconds limit, bool request_sent) {
  return {Code::connection_failed,
          "no connection to " + where + " within " + in_seconds(limit) + " (connect_timeout). " + check_network,
          request_sent, true};
}

Failure request_timed_out(const std::string& where, std::chrono::milliseconds limit, bool request_sent) {
  return {Code::request_timed_out,
          "no whole answer from " + where + " within " + in_seconds(limit) + " (request_timeout). " + try_again,
          request_sent, true};
}

Failure download_stalled(const std::string& where, std::chrono::milliseconds limit) {
  return {Code::request_timed_out,
          "nothing came from " + where + " for " + in_seconds(limit) + " (request_timeout). " + try_again, true, true};
}

Failure response_too_large(const std::string& where, std::size_t limit) {
  return {Code::response_too_large,
          "the answer from " + where + " is longer than " + std::to_string(limit) +
              " bytes (max_response_bytes). Check that the base URL is the gateway's.",
          true, false};
}

}  // namespace apimall::net
