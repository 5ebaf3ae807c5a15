#include "model/image_task.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "model/image_task_builder.hpp"

namespace apimall {
namespace {

constexpr std::size_t stride = ImageTaskBuilder::stride;

// The texts that are copied one by one; the two URL fields may share a copy and are treated apart.
constexpr std::array own_texts = {
    &ImageTaskFields::task_id,       &ImageTaskFields::model,      &ImageTaskFields::status_text,
    &ImageTaskFields::error_message, &ImageTaskFields::created_at, &ImageTaskFields::updated_at,
    &ImageTaskFields::completed_at,  &ImageTaskFields::request_id,
};
constexpr std::array url_texts = {&ImageTaskFields::primary_url, &ImageTaskFields::image_url};

const std::string_view* same_text(std::span<const std::string_view> urls, std::string_view text) {
  for (const std::string_view& url : urls) {
    if (url.data() == text.data() && url.size() == text.size()) return &url;
  }
  return nullptr;
}

std::size_t room_for(std::string_view text) { return text.data() == nullptr ? 0 : text.size() + 1; }

// Copies whole strides, which may reach past the text on both sides: the next text overwrites what was too much.
std::string_view copy_text(std::string_view text, char*& out) {
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
  std::size_t bytes = sizeof(ImageTask) + result_urls.size_bytes() + json.size() + 1 + stride;
  for (const auto text : own_texts) bytes += room_for(fields.*text);
  for (const std::string_view url : result_urls) bytes += room_for(url);
  std::array<const std::string_view*, url_texts.size()> shared;
  for (std::size_t i = 0; i < url_texts.size(); ++i) {
    shared[i] = same_text(result_urls, fields.*url_texts[i]);
    if (shared[i] == nullptr) bytes += room_for(fields.*url_texts[i]);
  }

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
  for (const auto text : own_texts) task->fields_.*text = copy_text(fields.*text, out);
  for (std::size_t i = 0; i < result_urls.size(); ++i) new (urls + i) std::string_view(copy_text(result_urls[i], out));
  task->result_urls_ = {urls, result_urls.size()};
  for (std::size_t i = 0; i < url_texts.size(); ++i) {
    task->fields_.*url_texts[i] =
        shared[i] != nullptr ? urls[shared[i] - result_urls.data()] : copy_text(fields.*url_texts[i], out);
  }
  return ImageTaskRef::adopt(task);
}

void ImageTask::destroy(const ImageTask* task) noexcept {
  task->~ImageTask();
  std::free(const_cast<ImageTask*>(task));
}

}  // namespace apimall
