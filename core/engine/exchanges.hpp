// The requests under way: what each one is for. An answer whose exchange was given up finds nothing here and is
// dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/clock.hpp"
#include "engine/slab.hpp"

namespace apimall::engine {

/// Names a request under way; never used twice.
using ExchangeId = std::uint64_t;
inline constexpr ExchangeId no_exchange = 0;

enum class Purpose : std::uint8_t { poll, call, fetch };

struct Exchange {
  Purpose purpose = Purpose::poll;
  Slot subject = no_slot;  ///< the watch of a poll, the work of a call or fetch
  std::uint32_t file = 0;  ///< of a fetch: which result
  std::uint32_t serial = 0;
  Instant sent_at{};
};

class Exchanges {
 public:
  ExchangeId open(Purpose purpose, Slot subject, std::uint32_t file, Instant now) {
    const std::uint32_t serial = ++serial_;
    const Slot slot = under_way_.emplace(Exchange{purpose, subject, file, serial, now});
    ++count_[static_cast<std::size_t>(purpose)];
    return ExchangeId{serial} << 32 | slot;
  }

  /// Takes out what `id` was for; nothing when it was given up.
  std::optional<Exchange> close(ExchangeId id) {
    const Slot slot = static_cast<Slot>(id);
    if (under_way_[slot].serial != id >> 32) return std::nullopt;
    const Exchange exchange = under_way_[slot];
    under_way_.erase(slot);
    --count_[static_cast<std::size_t>(exchange.purpose)];
    return exchange;
  }

  void abandon(ExchangeId id) {
    if (id != no_exchange && close(id)) abandoned_.push_back(id);
  }

  /// What the transport shall give up.
  std::vector<ExchangeId> take_abandoned() { return std::exchange(abandoned_, {}); }

  std::size_t size() const { return under_way_.size(); }
  std::size_t count(Purpose purpose) const { return count_[static_cast<std::size_t>(purpose)]; }

 private:
  Slab<Exchange> under_way_;
  std::vector<ExchangeId> abandoned_;
  std::size_t count_[3] = {};
  std::uint32_t serial_ = 0;
};

}  // namespace apimall::engine
