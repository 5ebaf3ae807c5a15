// Times as the gateway writes them: ISO 8601 in UTC, held as milliseconds since the Unix epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace apimall {

using UnixMillis = std::int64_t;

/// Reads `2026-03-12T09:31:06.000Z`; also without fraction, with up to nine fraction digits, and with an offset such as
/// `+02:00` in place of `Z`. Anything else is nothing.
std::optional<UnixMillis> parse_timestamp(std::string_view text);

/// Writes the gateway's own form, with milliseconds and `Z`.
std::string format_timestamp(UnixMillis time);

}  // namespace apimall
