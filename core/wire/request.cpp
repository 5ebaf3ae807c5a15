#include "wire/request.hpp"

#include <algorithm>
#include <array>

#include "wire/quote.hpp"

namespace apimall::wire {
namespace {

constexpr std::size_t longest_task_id = 256;
constexpr std::int32_t largest_page_size = 50;

Error invalid(std::string message) {
  Error error;
  error.code = Code::invalid_argument;
  error.message = std::move(message);
  return error;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

constexpr std::array<bool, 256> unreserved = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                         c == '-' || c == '.' || c == '_' || c == '~';
  }
  return table;
}();

bool is_unreserved(char c) { return unreserved[static_cast<unsigned char>(c)]; }

void append_percent_encoded(std::string& target, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  if (std::all_of(text.begin(), text.end(), is_unreserved)) {  // nearly all ids: in one piece
    target += text;
    return;
  }
  for (const char c : text) {
    if (is_unreserved(c)) {
      target += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      target += '%';
      target += digits[byte >> 4];
      target += digits[byte & 15];
    }
  }
}

}  // namespace

std::optional<Error> check_task_id(std::string_view task_id) {
  constexpr std::string_view allowed =
      "A task id is what generating an image answered as task_id, such as img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M.";
  std::string reason;
  if (task_id.empty()) {
    reason = "The task id is empty. ";
  } else if (task_id.size() > longest_task_id) {
    reason = "The task id " + quote(task_id, 40) + " is " + std::to_string(task_id.size()) + " bytes long; at most " +
             std::to_string(longest_task_id) + " are allowed. ";
  } else if (std::any_of(task_id.begin(), task_id.end(), is_control)) {
    reason = "The task id " + quote(task_id, 40) + " holds a control character, such as a line's end; remove it. ";
  } else if (task_id == "." || task_id == ".." || task_id == "history" || task_id == "generate") {
    reason = "The task id " + quote(task_id, 40) + " would name another address of the gateway. ";
  } else {
    return std::nullopt;
  }
  Error error = invalid(reason.append(allowed));
  error.task_id = printable(task_id);
  return error;
}

Request image_task_request(std::string_view task_id) {
  Request request;
  constexpr std::string_view path = "/api/v1/images/";
  request.target.reserve(path.size() + task_id.size());
  request.target = path;
  append_percent_encoded(request.target, task_id);
  request.brief = true;
  return request;
}

Request generate_request(std::string_view body) {
  return {.method = Method::post, .target = "/api/v1/images/generate", .body = std::string(body)};
}

std::optional<Error> check_history_page(std::int32_t page, std::int32_t page_size) {
  if (page < 1) {
    return invalid("The history page " + std::to_string(page) +
                   " does not exist; pages count from 1. Ask for page 1 or later.");
  }
  if (page_size < 1 || page_size > largest_page_size) {
    return invalid("The history page size " + std::to_string(page_size) + " is not allowed; ask for 1 to " +
                   std::to_string(largest_page_size) + " tasks at a time.");
  }
  return std::nullopt;
}

Request history_request(std::int32_t page, std::int32_t page_size) {
  return {.target = "/api/v1/images/history?page=" + std::to_string(page) + "&limit=" + std::to_string(page_size)};
}

Request balances_request() { return {.target = "/api/v1/account/balances"}; }

}  // namespace apimall::wire
