// What went wrong, with everything a caller needs to go on: which task, which request, whether and when to try again.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/code.hpp"

namespace apimall {

struct Error {
  Code code = Code::internal;
  int http_status = 0;  ///< 0 when no HTTP answer was had
  bool retryable = false;
  std::optional<std::chrono::milliseconds> retry_after;
  std::string message;       ///< what was wrong, what was expected, what to do
  std::string gateway_code;  ///< the gateway's own word, such as `not_found`
  std::string request_id;
  std::string task_id;
};

}  // namespace apimall
