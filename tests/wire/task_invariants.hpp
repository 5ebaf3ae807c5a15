// What every task and every error keeps to, however odd the body was.
#pragma once

#include <set>
#include <string>

#include "model/error.hpp"
#include "model/image_task.hpp"

namespace apimall::wire {

/// The first broken promise of a task in words; empty if there is none.
inline std::string broken_promise(const ImageTask& task) {
  const ImageTaskFields& fields = task.fields();
  const char* const object = reinterpret_cast<const char*>(&task);
  // The JSON and the texts lie behind the object, in one piece that is not much longer than they are.
  const char* const json = task.json().data();
  const std::size_t urls_size = task.result_urls().size_bytes();
  if (json != object + sizeof(ImageTask) + urls_size) return "the JSON does not lie behind the object";
  if (json[task.json().size()] != '\0') return "the JSON is not NUL-terminated";
  const char* const first = json + task.json().size() + 1;
  const char* const last = first + 2 * task.json().size() + 512;
  const auto is_sound = [&](std::string_view text) {
    if (text.data() == nullptr) return text.empty();
    return text.data() >= first && text.data() + text.size() < last && text.data()[text.size()] == '\0' &&
           text.find('\0') == std::string_view::npos;
  };
  for (const std::string_view text :
       {fields.status_text, fields.task_id, fields.model, fields.primary_url, fields.image_url, fields.error_message,
        fields.created_at, fields.updated_at, fields.completed_at, fields.request_id}) {
    if (!is_sound(text)) return "a text is not NUL-terminated, holds NUL, or lies outside the object";
  }
  std::set<std::string_view> seen;
  for (const std::string_view url : task.result_urls()) {
    if (!is_sound(url) || url.empty()) return "a result URL is unsound or empty";
    if (!seen.insert(url).second) return "a result URL comes twice";
  }
  if (fields.task_id.empty()) return "the task has no id";
  if (fields.status_text.empty()) return "the task has no status";
  if (fields.status != status_from(fields.status_text)) return "the status is not what its text says";
  for (const std::string_view url : {fields.primary_url, fields.image_url}) {
    if (!url.empty() && !seen.contains(url)) return "a URL field is missing from the list";
  }
  if (fields.created_at_ms && fields.created_at.data() == nullptr) return "a time came from nothing";
  return {};
}

/// The same of an error.
inline std::string broken_promise(const Error& error) {
  if (error.code == Code::ok || error.code == Code::internal) return "the error has no code";
  if (error.message.empty()) return "the error says nothing";
  if (error.message.size() > 1600) return "the error says too much";
  for (const char c : error.message) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return "the error holds control characters";
  }
  return {};
}

/// Whether a message holds more than 120 bytes of the body in a row.
inline bool quotes_too_much(std::string_view message, std::string_view body) {
  constexpr std::size_t most = 120;
  for (std::size_t at = 0; at + most < body.size(); ++at) {
    if (message.find(body.substr(at, most + 1)) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace apimall::wire
