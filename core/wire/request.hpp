// Model → bytes: what to ask the gateway. Paths and bodies only; host, key and transport headers are net/'s.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/error.hpp"

namespace apimall::wire {

enum class Method : std::uint8_t { get, post };

struct Request {
  Method method = Method::get;
  std::string target{};  ///< path and query, from the gateway's root, percent-encoded
  std::string body{};    ///< JSON, for `post`
  bool brief = false;    ///< the answer fits into a packet or two: compressing it would cost more than it saves
};

/// Refuses ids that cannot be one: empty, over 256 bytes, control characters, `.`, `..`, and the path words `history`
/// and `generate`. Anything else is opaque.
std::optional<Error> check_task_id(std::string_view task_id);

/// `GET /api/v1/images/{task_id}`; the id must have passed `check_task_id`.
Request image_task_request(std::string_view task_id);

/// Refuses a body that is not a JSON object in UTF-8, or lacks a `model` or `prompt` text; all else only the gateway
/// can know.
std::optional<Error> check_generate_body(std::string_view body);
Request generate_request(std::string_view body);

/// `page` from 1, `page_size` from 1 to 50.
std::optional<Error> check_history_page(std::int32_t page, std::int32_t page_size);
Request history_request(std::int32_t page, std::int32_t page_size);

Request balances_request();

}  // namespace apimall::wire
