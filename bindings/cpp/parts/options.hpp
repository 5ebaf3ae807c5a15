// What may differ from call to call.
#pragma once

#include <chrono>
#include <optional>

#include "enums.hpp"
#include "handle.hpp"

namespace apimall {

/// As a timeout: no limit.
inline constexpr std::chrono::milliseconds no_timeout{APIMALL_TIMEOUT_NONE};

/// The options of one call or submission.
struct Options {
  /// The limit of the whole call. Absent: as the settings say. `no_timeout`: none.
  std::optional<std::chrono::milliseconds> timeout;
  /// Who goes first when the rate budget is short.
  Priority priority = Priority::interactive;
};

namespace detail {

/// C reads 0 as "the default", which is not what a timeout of zero asks for: the shortest limit stands in for it.
inline std::int64_t timeout_ms(const Options& options) noexcept {
  if (!options.timeout) return APIMALL_TIMEOUT_DEFAULT;
  return options.timeout->count() == 0 ? 1 : options.timeout->count();
}

inline apimall_options c_options(const Options& options) noexcept {
  apimall_options c APIMALL_OPTIONS_INIT;
  c.priority = static_cast<std::int32_t>(options.priority);
  c.timeout_ms = timeout_ms(options);
  return c;
}

}  // namespace detail
}  // namespace apimall
