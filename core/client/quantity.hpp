// Numbers with units, as people write them in settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace apimall {

/// `1.5`, `20`; no sign but `-`, no exponent, nothing around it.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);
/// `250ms`, `30s`, `1.5min`, `2h`; a unit is required, but for `0`.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
/// `512`, `64KiB`, `16MiB`, `1GiB`, in bytes.
std::optional<std::int64_t> parse_size(std::string_view text);

}  // namespace apimall
