// Header lines → what the engine and the error texts need. Whatever cannot be understood is as if it had not come.
#include <algorithm>
#include <array>
#include <cmath>

#include "wire/decimal.hpp"
#include "wire/header_fields.hpp"
#include "wire/http_date.hpp"
#include "wire/response.hpp"

namespace apimall::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_line = 8192;
constexpr std::size_t longest_location = 2048;
constexpr std::size_t longest_text = 128;
constexpr milliseconds one_second{1000};
constexpr double first_unix_seconds = 1e9;  // 2001; no delay in seconds is that long
constexpr double first_unix_millis = 1e11;

struct Context {
  ResponseHeaders& headers;
  std::int64_t now_ms;
  DateMemo& memo;
};

bool is_clean(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c != 0x7F; });
}

void take_text(std::string& text, std::string_view value, std::size_t longest) {
  if (value.size() <= longest && is_clean(value)) text = value;
}

std::optional<std::int64_t> unix_millis(double value, milliseconds unit) {
  const double millis = std::ceil(value * static_cast<double>(unit.count()));
  if (!(millis < 9e15)) return std::nullopt;
  return static_cast<std::int64_t>(millis);
}

std::optional<std::int64_t> dated(std::string_view value, std::int64_t now_ms) {
  if (const auto http = parse_http_date(value, now_ms)) return http;
  return parse_timestamp(value);
}

// --- Retry-After
// -----------------------------------------------------------------------------------------------------------

void longer_delay(Context& to, double value, milliseconds unit) {
  const milliseconds delay = delay_of(value, unit);
  if (!to.headers.retry_delay || *to.headers.retry_delay < delay) to.headers.retry_delay = delay;
}

void retry_after(Context& to, std::string_view value) {
  if (const auto seconds = parse_decimal(value)) {
    longer_delay(to, *seconds, one_second);
  } else if (const auto at = dated(value, to.now_ms)) {
    to.headers.retry_at_ms = std::max(to.headers.retry_at_ms.value_or(*at), *at);
  }
}

void retry_after_ms(Context& to, std::string_view value) {
  if (const auto millis = parse_decimal(value)) longer_delay(to, *millis, milliseconds{1});
}

// --- Rate limits
// -----------------------------------------------------------------------------------------------------------

void reset_in(Context& to, double value) {
  if (value >= first_unix_seconds) {
    const auto at = unix_millis(value, value >= first_unix_millis ? milliseconds{1} : one_second);
    if (at) to.headers.reset_at_ms = at;
  } else {
    to.headers.reset_at_ms.reset();
    to.headers.rate_reset = delay_of(value, one_second);
  }
}

void limit(Context& to, std::string_view value) {
  ListReader list(value);
  const auto first = list.next();
  if (!first) return;
  const auto number = parse_decimal(first->head());
  if (number && !to.headers.policy_told) to.headers.rate_limit = number;
  // `100, 100;w=60`: the same limit again, with its window.
  for (auto item = first; item; item = list.next()) {
    const auto window = item->parameter("w");
    if (!window || !number || parse_decimal(item->head()) != number) continue;
    to.headers.rate_limit = number;
    to.headers.rate_window = delay_of(*window, one_second);
    to.headers.policy_told = true;
  }
}

void remaining(Context& to, std::string_view value) {
  if (const auto number = parse_decimal(value)) to.headers.rate_remaining = number;
}

void reset(Context& to, std::string_view value) {
  if (const auto number = parse_decimal(value)) {
    reset_in(to, *number);
  } else if (const auto at = dated(value, to.now_ms)) {
    to.headers.reset_at_ms = at;
  }
}

// Of several policies, the one that allows the fewest requests per second binds.
void policy(Context& to, std::string_view value) {
  double strictest = INFINITY;
  ListReader list(value);
  while (const auto item = list.next()) {
    const auto quota = item->parameter("q");
    const auto number = quota ? quota : parse_decimal(item->head());
    const auto window = item->parameter("w");
    if (!number || !window || *window <= 0 || *number / *window >= strictest) continue;
    strictest = *number / *window;
    to.headers.rate_limit = number;
    to.headers.rate_window = delay_of(*window, one_second);
    to.headers.policy_told = true;
  }
}

// `limit=100, remaining=50, reset=30`
void rate_limit_member(Context& to, std::string_view member) {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = trim(member.substr(0, equals));
  const std::string_view value = trim(member.substr(equals + 1));
  if (equals_ignoring_case(name, "limit")) limit(to, value);
  if (equals_ignoring_case(name, "remaining")) remaining(to, value);
  if (equals_ignoring_case(name, "reset")) reset(to, value);
}

// `"burst";r=5;t=1, "daily";r=900;t=3600`: the one with the fewest requests left binds.
void rate_limit(Context& to, std::string_view value) {
  double fewest = INFINITY;
  ListReader list(value);
  while (const auto item = list.next()) {
    const auto left = item->parameter("r");
    if (!left) {
      rate_limit_member(to, item->head());
    } else if (*left < fewest) {
      fewest = *left;
      to.headers.rate_remaining = left;
      if (const auto seconds = item->parameter("t")) reset_in(to, *seconds);
    }
  }
}

// --- Others
// ----------------------------------------------------------------------------------------------------------------

void date(Context& to, std::string_view value) {
  if (value != to.memo.text) to.memo = {std::string(value), parse_http_date(value, to.now_ms)};
  if (to.memo.ms) to.headers.date_ms = to.memo.ms;
}
void content_type(Context& to, std::string_view value) { take_text(to.headers.content_type, value, longest_text); }
void location(Context& to, std::string_view value) { take_text(to.headers.location, value, longest_location); }
void request_id(Context& to, std::string_view value) { take_text(to.headers.request_id, value, longest_text); }

struct Reader {
  std::string_view name;
  void (*read)(Context&, std::string_view);
};

constexpr std::array readers = {
    Reader{"date", date},
    Reader{"content-type", content_type},
    Reader{"location", location},
    Reader{"x-request-id", request_id},
    Reader{"retry-after", retry_after},
    Reader{"retry-after-ms", retry_after_ms},
    Reader{"x-ms-retry-after-ms", retry_after_ms},
    Reader{"ratelimit", rate_limit},
    Reader{"ratelimit-policy", policy},
    Reader{"ratelimit-limit", limit},
    Reader{"ratelimit-remaining", remaining},
    Reader{"ratelimit-reset", reset},
    Reader{"x-ratelimit-limit", limit},
    Reader{"x-ratelimit-remaining", remaining},
    Reader{"x-ratelimit-reset", reset},
    Reader{"x-rate-limit-limit", limit},
    Reader{"x-rate-limit-remaining", remaining},
    Reader{"x-rate-limit-reset", reset},
};

milliseconds until(std::int64_t at_ms, const ResponseHeaders& headers, std::int64_t now_ms) {
  return std::clamp(milliseconds(at_ms - headers.date_ms.value_or(now_ms)), milliseconds{0}, longest_delay);
}

}  // namespace

void ResponseHeaders::read_line(std::string_view line, std::int64_t now_ms, DateMemo& memo) {
  if (line.starts_with("HTTP/")) {
    *this = {};
    return;
  }
  const std::size_t colon = line.find(':');
  if (line.size() > longest_line || colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const auto reader = std::find_if(readers.begin(), readers.end(),
                                   [name](const Reader& known) { return equals_ignoring_case(name, known.name); });
  if (reader == readers.end()) return;
  Context context{*this, now_ms, memo};
  reader->read(context, trim(line.substr(colon + 1)));

  retry_after = retry_delay;
  if (retry_at_ms) retry_after = std::max(retry_delay.value_or(milliseconds{0}), until(*retry_at_ms, *this, now_ms));
  if (reset_at_ms) rate_reset = until(*reset_at_ms, *this, now_ms);
}

}  // namespace apimall::wire
