// HTTP's dates (RFC 9110, 5.6.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/timestamp.hpp"

namespace apimall::wire {

/// Reads all three forms, in any case: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
/// `Sun Nov  6 08:49:37 1994`. A year of two digits is the one nearest to `now_ms`, but never over 50 years ahead.
/// The name of the day is not checked against the date.
std::optional<UnixMillis> parse_http_date(std::string_view text, UnixMillis now_ms);

}  // namespace apimall::wire
