// HTTP over libcurl's multi interface: many exchanges, one thread, no schedules.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/answers.hpp"
#include "model/error.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace apimall::net {

enum class HttpVersion : std::uint8_t { automatic, http1, http2 };

struct TransportSettings {
  std::string base_url;  ///< checked: https, or http on a loopback address; no trailing slash
  std::string api_key;
  std::string user_agent;
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
  HttpVersion http_version = HttpVersion::automatic;
  std::string ca_bundle;             ///< empty: found at run time
  std::optional<std::string> proxy;  ///< none: the environment, as curl reads it; empty: no proxy
  std::size_t max_response_bytes = 16u << 20;
  std::size_t max_in_flight = 64;
};

/// Chosen by the caller, unique among the exchanges under way.
using ExchangeId = std::uint64_t;

/// No whole answer came.
struct Failure {
  Code code = Code::connection_failed;  ///< connection_failed, tls_failed, request_timed_out, response_too_large,
                                        ///< protocol, file_error …
  std::string message;                  ///< what happened and what to do; never the key
  bool maybe_received = true;           ///< false only when the gateway surely never saw the request
  bool retryable = true;
};

/// What a result's host answered. `file` is set when the whole file is on disk under its final name.
struct Fetched {
  int status = 0;
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<DownloadedFile> file;
};

/// Writes one result URL into `folder` as `stem` + the extension that the content's first bytes call for.
struct FetchRequest {
  std::string url;
  std::string folder;
  std::string stem;
};

/// All members but `wakeup` belong to the one I/O thread.
class Transport {
 public:
  explicit Transport(TransportSettings settings);
  ~Transport();

  void send(ExchangeId id, const wire::Request& request);
  void fetch(ExchangeId id, const FetchRequest& request);
  /// Gives an exchange up; nothing is reported of it any more.
  void abandon(ExchangeId id);

  std::size_t in_flight() const;

  /// Waits for traffic, a wake-up or `at_most`, and does the work there is.
  void run(std::chrono::microseconds at_most);
  /// Makes `run` return. From any thread.
  void wakeup() noexcept;

  /// Takes the answers one by one. A `Response`'s body is valid until the next call of any member.
  struct Completion {
    ExchangeId id = 0;
    std::variant<wire::Response, Fetched, Failure> outcome;
  };
  std::optional<Completion> next_completion();

  std::uint64_t connections_opened() const;
  std::uint64_t bytes_received() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace apimall::net
