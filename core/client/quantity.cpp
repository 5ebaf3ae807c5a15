#include "client/quantity.hpp"

#include <charconv>
#include <cmath>
#include <utility>

namespace apimall {
namespace {

/// The number at the front of `text`, and the unit behind it.
std::optional<std::pair<double, std::string_view>> split_unit(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto amount = parse_number(text.substr(0, digits));
  if (!amount) return std::nullopt;
  return std::pair{*amount, text.substr(digits)};
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (problem != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  const auto parts = split_unit(text);
  if (!parts) return std::nullopt;
  const auto [amount, unit] = *parts;
  double microseconds = 0;
  if (unit == "us") {
    microseconds = amount;
  } else if (unit == "ms") {
    microseconds = amount * 1e3;
  } else if (unit == "s") {
    microseconds = amount * 1e6;
  } else if (unit == "min") {
    microseconds = amount * 60e6;
  } else if (unit == "h") {
    microseconds = amount * 3600e6;
  } else if (!unit.empty() || amount != 0) {
    return std::nullopt;
  }
  if (microseconds > 1e16) return std::nullopt;  // three centuries; the sum with "now" must not overflow
  return std::chrono::microseconds(std::llround(microseconds));
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  const auto parts = split_unit(text);
  if (!parts) return std::nullopt;
  const auto [amount, unit] = *parts;
  double factor = 0;
  if (unit.empty() || unit == "B") factor = 1;
  if (unit == "KiB") factor = 1024.0;
  if (unit == "MiB") factor = 1024.0 * 1024;
  if (unit == "GiB") factor = 1024.0 * 1024 * 1024;
  const double bytes = amount * factor;
  if (factor == 0 || bytes > 9e15 || bytes != std::floor(bytes)) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

}  // namespace apimall
