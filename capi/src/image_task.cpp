#include "model/image_task.hpp"

#include "boundary.hpp"
#include "handles.hpp"

using namespace apimall;
using namespace apimall::capi;

int32_t apimall_image_task_view(const apimall_image_task* task,
                                apimall_image_task_fields* out_fields) APIMALL_NOEXCEPT {
  if (task == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const ImageTaskFields& from = from_handle(task)->fields();
  apimall_image_task_fields to{};
  to.status = static_cast<int32_t>(from.status);
  to.credits_used = from.credits_used.value_or(APIMALL_ABSENT);
  to.credits_refunded = from.credits_refunded.value_or(APIMALL_ABSENT);
  to.created_at_ms = from.created_at_ms.value_or(APIMALL_ABSENT);
  to.updated_at_ms = from.updated_at_ms.value_or(APIMALL_ABSENT);
  to.completed_at_ms = from.completed_at_ms.value_or(APIMALL_ABSENT);
  to.result_url_count = from_handle(task)->result_urls().size();
  give(from.task_id, to.task_id, to.task_id_len);
  give(from.model, to.model, to.model_len);
  give(from.status_text, to.status_text, to.status_text_len);
  give(from.primary_url, to.primary_url, to.primary_url_len);
  give(from.image_url, to.image_url, to.image_url_len);
  give(from.error_message, to.error_message, to.error_message_len);
  give(from.created_at, to.created_at, to.created_at_len);
  give(from.updated_at, to.updated_at, to.updated_at_len);
  give(from.completed_at, to.completed_at, to.completed_at_len);
  give(from.request_id, to.request_id, to.request_id_len);
  return write_struct(to, out_fields);
}

size_t apimall_image_task_result_url(const apimall_image_task* task, size_t index, const char** out_url,
                                     size_t* out_url_len) APIMALL_NOEXCEPT {
  const auto urls = task != nullptr ? from_handle(task)->result_urls() : std::span<const std::string_view>();
  const std::string_view url = index < urls.size() ? urls[index] : std::string_view();
  if (out_url != nullptr) *out_url = url.data();
  if (out_url_len != nullptr) *out_url_len = url.size();
  return urls.size();
}

int32_t apimall_image_task_json(const apimall_image_task* task, const char** out_json,
                                size_t* out_json_len) APIMALL_NOEXCEPT {
  preset(out_json);
  preset(out_json_len);
  if (task == nullptr || out_json == nullptr || out_json_len == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  give(from_handle(task)->json(), *out_json, *out_json_len);
  return APIMALL_OK;
}

void apimall_image_task_free(apimall_image_task* task) APIMALL_NOEXCEPT {
  if (task != nullptr) from_handle(task)->release();
}
