#include "answers.hpp"

#include <chrono>
#include <cstdio>

namespace apimall::simulation {

void write_task(std::string& body, const TaskText& task) {
  const bool completed = task.status == "completed";
  body += R"({"success":true,"data":{"task_id":")";
  body += task.id;
  body += R"(","model":")";
  body += task.model;
  body += '"';
  if (!task.without_status) {
    body += R"(,"status":")";
    body += task.status;
    body += '"';
  }
  body += R"(,"output":)";
  if (completed) {
    body += R"({"resultUrls":[)";
    for (int file = 0; file < task.files; ++file) {
      if (file > 0) body += ',';
      body += '"' + result_url(task.id, file) + '"';
    }
    const std::string first = '"' + result_url(task.id, 0) + '"';
    body += "]},\"primary_url\":" + first + ",\"image_url\":" + first;
  } else {
    body +=
        task.other_types ? R"("soon","primary_url":17,"image_url":[])" : R"(null,"primary_url":null,"image_url":null)";
  }
  body += R"(,"error_message":)";
  body += task.status == "failed" ? R"("it did not work")" : "null";
  body += task.other_types
              ? R"(,"credits_used":"8","credits_refunded":{"unit":1},"created_at":1773307800)"
              : R"(,"credits_used":8,"credits_refunded":0,"created_at":")" + format_timestamp(task.created_ms) + '"';
  const UnixMillis updated_ms = task.ended_ms != 0 ? task.ended_ms : task.created_ms;
  body += R"(,"updated_at":")" + format_timestamp(updated_ms) + R"(","completed_at":)";
  body += task.ended_ms != 0 ? '"' + format_timestamp(task.ended_ms) + '"' : "null";
  body += R"(},"request_id":"req_1"})";
}

std::string generation_body(std::string_view id) {
  return R"({"success":true,"data":{"task_id":")" + std::string(id) +
         R"(","credits_used":8,"remaining_credits":992},"request_id":"req_2"})";
}

std::string_view history_body() { return R"({"success":true,"data":{"items":[],"page":1,"limit":10}})"; }

std::string_view balances_body() { return R"({"success":true,"data":{"credits":1000,"api_credits":10}})"; }

std::string result_url(std::string_view id, int file) {
  return "https://cdn.apimall.ai/generated/" + std::string(id) + "/" + std::to_string(file) + ".webp";
}

std::string http_date(UnixMillis time) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  using namespace std::chrono;
  const sys_seconds at = floor<std::chrono::seconds>(sys_time<milliseconds>(milliseconds(time)));
  const sys_days day = floor<std::chrono::days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  char text[40];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", days[weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace apimall::simulation
