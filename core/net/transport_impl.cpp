#include "net/transport_impl.hpp"

#include <algorithm>
#include <stdexcept>

#include "net/thread_signals.hpp"

namespace apimall::net {
namespace {

constexpr std::size_t streams_per_connection = 100;

void check(CURLMcode code) {
  if (code == CURLM_OK) return;
  if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
  throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
}

TransportSettings after_curl_is_ready(TransportSettings settings) {
  ensure_curl_ready();
  return settings;
}

/// Anything else in a request line could be the start of a second request.
bool is_request_target(const std::string& target) {
  return !target.empty() && target.front() == '/' &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Transport::Impl::Impl(TransportSettings settings)
    : settings_(after_curl_is_ready(std::move(settings))),
      connection_(settings_),
      gateway_(settings_, connection_),
      room_for_connections_(std::max<std::size_t>(2 * settings_.max_in_flight, 64)),
      multi_(curl_multi_init()),
      finisher_([this] { wakeup(); }) {
  if (multi_ == nullptr) throw std::bad_alloc();
  // With fewer places than exchanges in flight, connections would be closed and opened again all the time.
  check(curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(room_for_connections_)));
  check(curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX)));
  const auto streams = static_cast<long>(std::max(settings_.max_in_flight, streams_per_connection));
  check(curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, streams));
}

Transport::Impl::~Impl() {
  finisher_.stop();  // it wakes the multi handle
  const BrokenPipeGuard guard;
  for (const auto& exchange : active_) curl_multi_remove_handle(multi_.get(), exchange->handle());
  active_.clear();
  answered_.clear();
  delivered_.reset();
  idle_api_.clear();
  idle_assets_.clear();
  multi_.reset();
}

void Transport::Impl::send(ExchangeId id, const wire::Request& request) {
  release_delivered();
  if (!is_request_target(request.target)) {
    reports_.push_back(
        {id, Failure{Code::invalid_request, "the request's path is not a percent-encoded path", false, false}});
    return;
  }
  std::unique_ptr<ApiExchange> exchange = idle_api();
  exchange->start(id, request);
  start(std::move(exchange));
}

void Transport::Impl::fetch(ExchangeId id, const FetchRequest& request) {
  release_delivered();
  std::unique_ptr<AssetExchange> exchange;
  if (idle_assets_.empty()) {
    exchange = std::make_unique<AssetExchange>(connection_, settings_.user_agent);
  } else {
    exchange = std::move(idle_assets_.back());
    idle_assets_.pop_back();
  }
  if (auto failure = exchange->start(id, request)) {
    reports_.push_back({id, std::move(*failure)});
    return;
  }
  start(std::move(exchange));
}

void Transport::Impl::abandon(ExchangeId id) {
  release_delivered();
  for (const auto& exchange : active_) {
    if (exchange->id != id) continue;
    stop(*exchange);
    return;
  }
  for (std::size_t i = answered_next_; i < answered_.size(); ++i) {
    if (answered_[i]->id != id) continue;
    answered_.erase(answered_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
  const auto is_it = [id](const auto& one) { return one.id == id; };
  std::erase_if(reports_, is_it);
  std::erase_if(finishing_, is_it);
}

std::size_t Transport::Impl::in_flight() const {
  return active_.size() + (answered_.size() - answered_next_) + reports_.size() + finishing_.size();
}

void Transport::Impl::release_delivered() {
  if (delivered_ == nullptr) return;
  if (idle_api_.size() < settings_.max_in_flight) {
    delivered_->reset();
    idle_api_.push_back(std::move(delivered_));
  }
  delivered_.reset();
}

std::unique_ptr<ApiExchange> Transport::Impl::idle_api() {
  if (idle_api_.empty()) return std::make_unique<ApiExchange>(gateway_);
  std::unique_ptr<ApiExchange> exchange = std::move(idle_api_.back());
  idle_api_.pop_back();
  return exchange;
}

void Transport::Impl::start(std::unique_ptr<Exchange> exchange) {
  Exchange& added = *exchange;
  if (active_.size() >= room_for_connections_ / 2) {
    room_for_connections_ *= 2;
    check(curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(room_for_connections_)));
  }
  added.slot = active_.size();
  active_.push_back(std::move(exchange));
  const CURLMcode code = curl_multi_add_handle(multi_.get(), added.handle());
  if (code != CURLM_OK) {
    active_.pop_back();
    check(code);
  }
  added.started = Clock::now();
  added.touched = added.started;
  next_expiry_ = std::min(next_expiry_, added.started + std::min(settings_.connect_timeout, settings_.request_timeout));
  fresh_ = true;
}

std::unique_ptr<Exchange> Transport::Impl::stop(Exchange& exchange) {
  curl_multi_remove_handle(multi_.get(), exchange.handle());
  const std::size_t slot = exchange.slot;
  std::unique_ptr<Exchange> stopped = std::move(active_[slot]);
  if (slot + 1 != active_.size()) {
    active_[slot] = std::move(active_.back());
    active_[slot]->slot = slot;
  }
  active_.pop_back();
  return stopped;
}

void Transport::Impl::run(std::chrono::microseconds at_most) {
  release_delivered();
  block_broken_pipe_signal();
  if (fresh_) perform();
  if (!anything_to_report() && !woken_.load(std::memory_order_relaxed)) {
    using std::chrono::milliseconds;
    const auto until_expiry = std::max(next_expiry_ - Clock::now(), Clock::duration::zero());
    const auto wait = std::min<Clock::duration>(at_most, until_expiry);
    // Rounded up: a wait of less than a millisecond must not become a busy loop.
    const auto ms = std::clamp<std::int64_t>(std::chrono::ceil<milliseconds>(wait).count(), 0, 1'000'000'000);
    check(curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(ms), nullptr));
    perform();
  }
  // After the wait has emptied libcurl's wake-up, and before the caller looks at what it was woken for.
  woken_.exchange(false, std::memory_order_acq_rel);
  if (!finishing_.empty()) collect_finished();
}

void Transport::Impl::wakeup() noexcept {
  if (woken_.exchange(true, std::memory_order_acq_rel)) return;
  curl_multi_wakeup(multi_.get());
}

void Transport::Impl::perform() {
  fresh_ = false;
  gateway_.now_ms = wall_clock_ms();
  int running = 0;
  check(curl_multi_perform(multi_.get(), &running));
  collect();
  if (next_expiry_ == Clock::time_point::max()) return;
  const Clock::time_point now = Clock::now();
  if (now >= next_expiry_) expire(now);
}

void Transport::Impl::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;
    void* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    ended(*static_cast<Exchange*>(exchange), result);
  }
}

void Transport::Impl::count(const Exchange& exchange) {
  long connections = 0;
  long header_bytes = 0;
  curl_off_t body_bytes = 0;
  curl_easy_getinfo(exchange.handle(), CURLINFO_NUM_CONNECTS, &connections);
  curl_easy_getinfo(exchange.handle(), CURLINFO_HEADER_SIZE, &header_bytes);
  curl_easy_getinfo(exchange.handle(), CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
  connections_ += static_cast<std::uint64_t>(connections);
  bytes_ += static_cast<std::uint64_t>(header_bytes) + static_cast<std::uint64_t>(body_bytes);
}

void Transport::Impl::ended(Exchange& exchange, CURLcode result) {
  count(exchange);
  if (exchange.kind() == Exchange::Kind::api) {
    api_ended(stop(exchange), result);
  } else {
    asset_ended(stop(exchange), result);
  }
}

void Transport::Impl::api_ended(std::unique_ptr<Exchange> exchange, CURLcode result) {
  std::unique_ptr<ApiExchange> api(static_cast<ApiExchange*>(exchange.release()));
  if (result == CURLE_OK) {
    if (answered_next_ == answered_.size()) {
      answered_.clear();
      answered_next_ = 0;
    }
    answered_.push_back(std::move(api));
    return;
  }
  if (api->too_large()) {
    reports_.push_back({api->id, response_too_large(gateway_.where(), settings_.max_response_bytes)});
  } else {
    if (api->out_of_memory()) result = CURLE_OUT_OF_MEMORY;
    reports_.push_back({api->id, explain(broken(*api, result, gateway_.where()))});
  }
}

void Transport::Impl::asset_ended(std::unique_ptr<Exchange> exchange, CURLcode result) {
  std::unique_ptr<AssetExchange> asset(static_cast<AssetExchange*>(exchange.release()));
  switch (asset->after(result)) {
    case AssetExchange::Next::restart:
      asset->restart();
      start(std::move(asset));
      return;
    case AssetExchange::Next::finish:
      finishing_.push_back({++last_ticket_, asset->id});
      finisher_.add({last_ticket_, std::move(asset->file()), asset->request().url, asset->content_type()});
      break;
    case AssetExchange::Next::report:
      if (auto report = asset->take_report()) {
        std::visit([&](auto& told) { reports_.push_back({asset->id, std::move(told)}); }, *report);
      } else {
        Failure failure = explain(broken(*asset, result, shown_url(asset->request().url)));
        if (result == CURLE_UNSUPPORTED_PROTOCOL) failure.retryable = false;  // a redirect to something else than HTTP
        reports_.push_back({asset->id, std::move(failure)});
      }
      break;
  }
  asset->file() = AssetFile();  // lets go of what is left
  if (idle_assets_.size() < settings_.max_in_flight) idle_assets_.push_back(std::move(asset));
}

void Transport::Impl::collect_finished() {
  for (Finisher::Outcome& outcome : finisher_.take()) {
    const auto found = std::find_if(finishing_.begin(), finishing_.end(),
                                    [&](const Finishing& one) { return one.ticket == outcome.ticket; });
    if (found == finishing_.end()) continue;  // given up meanwhile
    const ExchangeId id = found->id;
    finishing_.erase(found);
    std::visit([&](auto& told) { reports_.push_back({id, std::move(told)}); }, outcome.result);
  }
}

BrokenTransfer Transport::Impl::broken(const Exchange& exchange, CURLcode result, const std::string& where) const {
  BrokenTransfer broken;
  broken.result = result;
  broken.detail = redacted(exchange.error_text(), settings_.api_key);
  broken.where = where;
  broken.connected = exchange.connected();
  broken.request_sent = exchange.request_sent();
  broken.ca = &connection_.ca_bundle();
  return broken;
}

/// The exchanges that our own clock gives up on. libcurl's timers would be set and removed for each request; here a
/// request costs one comparison, and all of them are looked at once in a while.
void Transport::Impl::expire(Clock::time_point now) {
  next_expiry_ = Clock::time_point::max();
  for (std::size_t i = active_.size(); i-- > 0;) {
    Exchange& exchange = *active_[i];
    const bool connected = exchange.connected();
    const bool download = exchange.kind() == Exchange::Kind::asset;
    const auto limit =
        connected ? settings_.request_timeout : std::min(settings_.connect_timeout, settings_.request_timeout);
    // A download may take as long as it likes while something comes.
    const Clock::time_point expiry = (download && connected ? exchange.touched : exchange.started) + limit;
    if (expiry > now) {
      next_expiry_ = std::min(next_expiry_, expiry);
      continue;
    }
    const std::string where =
        download ? shown_url(static_cast<const AssetExchange&>(exchange).request().url) : gateway_.where();
    const bool sent = exchange.request_sent();
    reports_.push_back({exchange.id, !connected ? connect_timed_out(where, limit, sent)
                                     : download ? download_stalled(where, limit)
                                                : request_timed_out(where, limit, sent)});
    count(exchange);
    stop(exchange);
  }
}

std::optional<Transport::Completion> Transport::Impl::next_completion() {
  release_delivered();
  if (answered_next_ < answered_.size()) {
    delivered_ = std::move(answered_[answered_next_++]);
    return Completion{delivered_->id, delivered_->take_response()};
  }
  if (reports_.empty()) return std::nullopt;
  Completion report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

}  // namespace apimall::net
