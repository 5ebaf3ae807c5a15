#include "net/transport.hpp"

#include <utility>

#include "net/transport_impl.hpp"

namespace apimall::net {

Transport::Transport(TransportSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Transport::~Transport() = default;

void Transport::send(ExchangeId id, const wire::Request& request) { impl_->send(id, request); }
void Transport::fetch(ExchangeId id, const FetchRequest& request) { impl_->fetch(id, request); }
void Transport::abandon(ExchangeId id) { impl_->abandon(id); }
std::size_t Transport::in_flight() const { return impl_->in_flight(); }
void Transport::run(std::chrono::microseconds at_most) { impl_->run(at_most); }
void Transport::wakeup() noexcept { impl_->wakeup(); }
std::optional<Transport::Completion> Transport::next_completion() { return impl_->next_completion(); }
std::uint64_t Transport::connections_opened() const { return impl_->connections_opened(); }
std::uint64_t Transport::bytes_received() const { return impl_->bytes_received(); }

}  // namespace apimall::net
