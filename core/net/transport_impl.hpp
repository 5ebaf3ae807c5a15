// The transport's insides: one multi handle, the exchanges on it, and the pools that they come from and return to.
//
// An exchange is in exactly one place: idle in a pool, in `active_` (on the multi handle), in `answered_` (its answer
// not yet taken) or `delivered_` (its body lent out until the next call). A download whose bytes have all come is in
// the hands of the finisher, and `finishing_` remembers for whom.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "net/api_exchange.hpp"
#include "net/asset_exchange.hpp"
#include "net/connection_options.hpp"
#include "net/failure.hpp"
#include "net/finisher.hpp"
#include "net/transport.hpp"

namespace apimall::net {

class Transport::Impl {
 public:
  explicit Impl(TransportSettings settings);
  ~Impl();

  void send(ExchangeId id, const wire::Request& request);
  void fetch(ExchangeId id, const FetchRequest& request);
  void abandon(ExchangeId id);
  std::size_t in_flight() const;
  void run(std::chrono::microseconds at_most);
  void wakeup() noexcept;
  std::optional<Completion> next_completion();

  std::uint64_t connections_opened() const { return connections_; }
  std::uint64_t bytes_received() const { return bytes_; }

 private:
  void release_delivered();
  std::unique_ptr<ApiExchange> idle_api();
  void start(std::unique_ptr<Exchange> exchange);
  std::unique_ptr<Exchange> stop(Exchange& exchange);
  void perform();
  void collect();
  void ended(Exchange& exchange, CURLcode result);
  void api_ended(std::unique_ptr<Exchange> exchange, CURLcode result);
  void asset_ended(std::unique_ptr<Exchange> exchange, CURLcode result);
  void collect_finished();
  BrokenTransfer broken(const Exchange& exchange, CURLcode result, const std::string& where) const;
  void expire(Clock::time_point now);
  bool anything_to_report() const { return answered_next_ < answered_.size() || !reports_.empty(); }
  void count(const Exchange& exchange);

  const TransportSettings settings_;
  const ConnectionOptions connection_;
  Gateway gateway_;
  std::size_t room_for_connections_;
  std::uint64_t connections_ = 0;
  std::uint64_t bytes_ = 0;
  Clock::time_point next_expiry_ = Clock::time_point::max();
  bool fresh_ = false;  ///< exchanges were added that libcurl has not looked at yet
  std::atomic<bool> woken_{false};

  MultiHandle multi_;
  std::vector<std::unique_ptr<Exchange>> active_;
  std::vector<std::unique_ptr<ApiExchange>> answered_;
  std::size_t answered_next_ = 0;
  std::unique_ptr<ApiExchange> delivered_;
  std::deque<Completion> reports_;
  std::vector<std::unique_ptr<ApiExchange>> idle_api_;
  std::vector<std::unique_ptr<AssetExchange>> idle_assets_;

  struct Finishing {
    std::uint64_t ticket = 0;
    ExchangeId id = 0;
  };
  std::vector<Finishing> finishing_;
  std::uint64_t last_ticket_ = 0;
  Finisher finisher_;  ///< its thread wakes the multi handle
};

}  // namespace apimall::net
