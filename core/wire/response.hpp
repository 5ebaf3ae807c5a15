// Bytes → model: what the gateway said. One parser, whoever asks.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/answers.hpp"
#include "model/image_task.hpp"
#include "model/result.hpp"

namespace apimall::wire {

/// How many readable bytes must follow a body, so that it can be parsed in place.
inline constexpr std::size_t body_padding = 64;

/// The `Date` of the answer before: within one second all have the same.
struct DateMemo {
  std::string text;
  std::optional<std::int64_t> ms;
};

/// The headers that matter, read line by line as they arrive.
struct ResponseHeaders {
  std::optional<std::chrono::milliseconds> retry_after;  ///< never rounded down
  std::optional<std::int64_t> date_ms;                   ///< the gateway's clock, Unix milliseconds
  std::optional<double> rate_limit;  ///< requests per `rate_window` (per second if that is not told)
  std::optional<double> rate_remaining;
  std::optional<std::chrono::milliseconds> rate_reset;
  std::optional<std::chrono::milliseconds> rate_window;
  std::string content_type;
  std::string location;
  std::string request_id;  ///< `X-Request-Id`, for answers whose body has none

  // What was dated, kept because the `Date` that it is relative to may come later.
  std::optional<std::int64_t> retry_at_ms;
  std::optional<std::chrono::milliseconds> retry_delay;
  std::optional<std::int64_t> reset_at_ms;
  bool policy_told = false;  ///< `rate_limit` came with its own `rate_window`

  /// Takes one header line `Name: value` (a status line starts anew). `now_ms` is the local wall clock, for dated
  /// values.
  void read_line(std::string_view line, std::int64_t now_ms, DateMemo& memo);
  void read_line(std::string_view line, std::int64_t now_ms) {
    DateMemo forgotten;
    read_line(line, now_ms, forgotten);
  }
};

/// A whole HTTP answer of the gateway. The body has `body_padding` readable bytes behind it.
struct Response {
  int status = 0;
  ResponseHeaders headers;
  std::string_view body;
};

/// Reads answers; keeps its scratch memory between calls. Not for two threads at once.
///
/// Every function gives the value or the error: by HTTP status and envelope (400, 413 to 415, 422 → invalid_request,
/// 401, 402, 403, 404 and 410 → not_found, 408 → request_timed_out, 409 and other 4xx → conflict, 429 → rate_limited,
/// 5xx → gateway_error, 3xx → protocol with the target's origin named), and `protocol` for a 2xx that is not the
/// documented shape, with the first bytes seen. `retryable` is set for 408, 429, 500, 502, 503, 504, 520 to 530 (a
/// CDN's words for those) and for `protocol`.
///
/// Any 2xx is an answer if its body is whole JSON and surely about the asked task: `data.task_id` and `data.status` are
/// texts, and the id is the one asked for. `success` may be missing; false refuses only beside an `error` or without
/// such data. A 2xx that refuses is read by the gateway's code, and a code that nobody knows as a retryable
/// gateway_error. Every other field is read as best can be, and fails nothing: see `text_of` and `integer_of`. Of equal
/// keys the last one counts.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  /// An answer about another task id is refused as `protocol`. An empty `asked_id` takes any.
  Result<ImageTaskRef> image_task(const Response& response, std::string_view asked_id);
  Result<Generation> generation(const Response& response);
  Result<ImageHistory> history(const Response& response);
  Result<AccountBalances> balances(const Response& response);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

/// The documented response alone, from any bytes (copied to padded memory first).
Result<ImageTaskRef> parse_image_task(std::string_view json);

/// A snapshot made from what little was remembered of an earlier answer; its JSON is that little in the documented
/// form.
struct Sighting {
  std::string_view task_id;
  std::string_view model;
  Status status = Status::unknown;
  std::string_view status_text;  ///< for `unknown`
  std::optional<UnixMillis> created_at_ms;
  std::optional<UnixMillis> updated_at_ms;
  std::optional<std::int64_t> credits_used;
};
ImageTaskRef recall(const Sighting& sighting);

}  // namespace apimall::wire
