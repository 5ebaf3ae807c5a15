// What the simulated gateway writes: bodies and header lines.
#pragma once

#include <string>
#include <string_view>

#include "model/timestamp.hpp"

namespace apimall::simulation {

/// What an answer about a task says of it.
struct TaskText {
  std::string_view id;
  std::string_view model;
  std::string_view status;
  UnixMillis created_ms = 0;
  UnixMillis ended_ms = 0;  ///< 0: not yet
  int files = 1;
  // How it departs from the documented form.
  bool without_status = false;
  bool other_types = false;
};

/// Appends the documented body.
void write_task(std::string& body, const TaskText& task);
std::string generation_body(std::string_view id);
std::string_view history_body();
std::string_view balances_body();

inline constexpr std::string_view refusal_body = R"({"success":false,"error":{"code":"refused","message":"not now"}})";
inline constexpr std::string_view bad_gateway_body = "<html><body><h1>502 Bad Gateway</h1></body></html>";
inline constexpr std::string_view captive_portal_body = "<!doctype html><title>Welcome to the hotel</title>";

std::string result_url(std::string_view id, int file);

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(UnixMillis time);

}  // namespace apimall::simulation
