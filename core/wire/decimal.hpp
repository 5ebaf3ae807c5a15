// Numbers in headers.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace apimall::wire {

/// The longest time that a header may ask for; longer ones are cut to it, so that sums of times cannot overflow.
inline constexpr std::chrono::milliseconds longest_delay = std::chrono::hours(24 * 3660);

/// Reads a number that is not negative: digits, also with a fraction or an exponent; without regard to the locale.
std::optional<double> parse_decimal(std::string_view text);

/// `value` × `unit` in milliseconds, never rounded down, at most `longest_delay`.
std::chrono::milliseconds delay_of(double value, std::chrono::milliseconds unit);

}  // namespace apimall::wire
