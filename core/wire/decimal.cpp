#include "wire/decimal.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace apimall::wire {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<double> parse_decimal(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.empty() || text.size() > longest || !is_digit(text[0])) return std::nullopt;
  std::size_t at = 0;
  double value = 0;
  int exponent = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) value = value * 10 + (text[at] - '0');
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    for (; at < text.size() && is_digit(text[at]); ++at) value = value * 10 + (text[at] - '0');
    if (at == fraction) return std::nullopt;
    exponent = -static_cast<int>(at - fraction);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool negative = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t first = at;
    int told = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) told = std::min(told * 10 + (text[at] - '0'), 1000);
    if (at == first) return std::nullopt;
    exponent += negative ? -told : told;
  }
  if (at != text.size()) return std::nullopt;
  if (value == 0) return 0;
  // Dividing by an exact power keeps simple fractions exact where multiplying by its inverse would not.
  return exponent < 0 ? value / std::pow(10.0, -exponent) : value * std::pow(10.0, exponent);
}

std::chrono::milliseconds delay_of(double value, std::chrono::milliseconds unit) {
  const double millis = value * static_cast<double>(unit.count());
  if (!(millis < static_cast<double>(longest_delay.count()))) return longest_delay;
  constexpr double rounding_error = 1e-6;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(std::max(millis - rounding_error, 0.0))));
}

}  // namespace apimall::wire
