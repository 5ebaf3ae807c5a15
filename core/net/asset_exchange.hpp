// One result's download in flight. Its handle never had the key, so that no host but the gateway can get it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/asset_file.hpp"
#include "net/connection_options.hpp"
#include "net/exchange.hpp"

namespace apimall::net {

class AssetExchange : public Exchange {
 public:
  AssetExchange(const ConnectionOptions& connection, const std::string& user_agent);

  /// Takes up a request. A failure means that nothing is to be sent.
  std::optional<Failure> start(ExchangeId new_id, const FetchRequest& request);

  /// What to do when the transfer has ended.
  enum class Next { restart, report, finish };
  Next after(CURLcode result);
  /// Asks again, for the whole file; once.
  void restart();
  /// For `Next::report`: the host's status or our own failure; nothing means that libcurl's result is the failure.
  std::optional<std::variant<Fetched, Failure>> take_report();

  AssetFile& file() { return file_; }
  const FetchRequest& request() const { return request_; }
  const std::string& content_type() const { return headers_.content_type; }

 private:
  static std::size_t on_header(char* line, std::size_t one, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self) noexcept;
  void read_header(std::string_view line);
  bool take(std::string_view bytes);
  void decide();
  bool same_file() const;
  void decide_partial();
  void ask();

  /// What the answer's status and headers have made of its body.
  enum class Body { undecided, keep, drain, restart, refused };

  const std::string user_agent_;
  FetchRequest request_;
  AssetFile file_;
  HeaderList sent_headers_;
  std::optional<Validator> asked_;  ///< what the part at hand was asked to go on with
  bool restarted_ = false;

  Body body_ = Body::undecided;
  int status_ = 0;
  wire::ResponseHeaders headers_;
  Validator seen_;
  std::string content_range_;
  std::string content_encoding_;
  std::uint64_t drained_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace apimall::net
