#pragma once

#include <cstdint>
#include <memory>

#include "engine/exchanges.hpp"
#include "engine/works.hpp"
#include "model/error.hpp"
#include "wire/request.hpp"

namespace apimall::engine {

/// A request that is not about a task under watch: generate, history, balances.
struct CallState final : WorkState {
  wire::Request request;
  std::uint32_t turn = 0;  ///< names its place in the queue; an older place is void
  std::uint32_t failures = 0;
  ExchangeId exchange = no_exchange;
  std::unique_ptr<Error> last_failure;
};

}  // namespace apimall::engine
