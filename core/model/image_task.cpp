#include "model/image_task.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "model/image_task_builder.hpp"

namespace apimall {
namespace {

constexpr std::size_t stride = ImageTaskBuilder::stride;

// Calls `visit` for the texts that are copied one by one; the two URL fields may share a copy and are treated apart.
template <typename Fields, typename Visit>
inline void for_each_own_text(Fields& fields, Visit visit) {
  visit(fields.task_id);
  visit(fields.model);
  visit(fields.status_text);
  visit(fields.error_message);
  visit(fields.created_at);
  visit(fields.updated_at);
  visit(fields.completed_at);
  visit(fields.request_id);
}

const std::string_view* same_text(std::span<const std::string_view> urls, std::string_view text) {
  for (const std::string_view& url : urls) {
    if (url.data() == text.data() && url.size() == text.size()) return &url;
  }
  return nullptr;
}

std::size_t room_for(std::string_view text) { return text.data() == nullptr ? 0 : text.size() + 1; }

// Copies whole strides, which may reach past the text on both sides: the next text overwrites what was too much.
inline std::string_view copy_text(std::string_view text, char*& out) {
  if (text.data() == nullptr) return text;
  char* const copy = out;
  for (std::size_t at = 0; at < text.size(); at += stride) std::memcpy(copy + at, text.data() + at, stride);
  copy[text.size()] = '\0';
  out = copy + text.size() + 1;
  return {copy, text.size()};
}

}  // namespace

ImageTaskRef ImageTaskBuilder::build(const ImageTaskFields& fields, std::span<const std::string_view> result_urls,
                                     std::string_view json) noexcept {
  static_assert(alignof(std::string_view) <= alignof(ImageTask) && sizeof(ImageTask) % alignof(std::string_view) == 0);
  const std::string_view* const primary = same_text(result_urls, fields.primary_url);
  const std::string_view* const image = same_text(result_urls, fields.image_url);
  std::size_t bytes = sizeof(ImageTask) + result_urls.size_bytes() + json.size() + 1 + stride;
  for_each_own_text(fields, [&bytes](std::string_view text) { bytes += room_for(text); });
  for (const std::string_view url : result_urls) bytes += room_for(url);
  if (primary == nullptr) bytes += room_for(fields.primary_url);
  if (image == nullptr) bytes += room_for(fields.image_url);

  char* const memory = static_cast<char*>(std::malloc(bytes));
  if (memory == nullptr) return {};
  ImageTask* const task = new (memory) ImageTask;
  auto* const urls = reinterpret_cast<std::string_view*>(memory + sizeof(ImageTask));
  char* out = reinterpret_cast<char*>(urls + result_urls.size());
  if (!json.empty()) std::memcpy(out, json.data(), json.size());
  out[json.size()] = '\0';
  task->json_ = {out, json.size()};
  out += json.size() + 1;

  task->fields_ = fields;
  for_each_own_text(task->fields_, [&out](std::string_view& text) { text = copy_text(text, out); });
  for (std::size_t i = 0; i < result_urls.size(); ++i) new (urls + i) std::string_view(copy_text(result_urls[i], out));
  task->result_urls_ = {urls, result_urls.size()};
  const auto copied = [&](std::string_view text, const std::string_view* same) {
    return same != nullptr ? urls[same - result_urls.data()] : copy_text(text, out);
  };
  task->fields_.primary_url = copied(fields.primary_url, primary);
  task->fields_.image_url = copied(fields.image_url, image);
  return ImageTaskRef::adopt(task);
}

void ImageTask::destroy(const ImageTask* task) noexcept {
  task->~ImageTask();
  std::free(const_cast<ImageTask*>(task));
}

}  // namespace apimall
