// Views of the answers other than image tasks.
#include "model/answers.hpp"

#include "boundary.hpp"
#include "handles.hpp"

using namespace apimall;
using namespace apimall::capi;

namespace {

std::string_view view(const OptionalText& text) { return text ? std::string_view(*text) : std::string_view(); }

template <typename Handle>
int32_t give_json(const Handle* answer, const char** out_json, size_t* out_json_len) {
  preset(out_json);
  preset(out_json_len);
  if (answer == nullptr || out_json == nullptr || out_json_len == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  give(from_handle(answer)->json, *out_json, *out_json_len);
  return APIMALL_OK;
}

}  // namespace

int32_t apimall_generation_view(const apimall_generation* generation,
                                apimall_generation_fields* out_fields) APIMALL_NOEXCEPT {
  if (generation == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const Generation& from = *from_handle(generation);
  apimall_generation_fields to{};
  to.credits_used = from.credits_used.value_or(APIMALL_ABSENT);
  to.remaining_credits = from.remaining_credits.value_or(APIMALL_ABSENT);
  give(from.task_id, to.task_id, to.task_id_len);
  give(view(from.model), to.model, to.model_len);
  give(view(from.provider_request_id), to.provider_request_id, to.provider_request_id_len);
  give(view(from.request_id), to.request_id, to.request_id_len);
  return write_struct(to, out_fields);
}

int32_t apimall_generation_json(const apimall_generation* generation, const char** out_json,
                                size_t* out_json_len) APIMALL_NOEXCEPT {
  return give_json(generation, out_json, out_json_len);
}

void apimall_generation_free(apimall_generation* generation) APIMALL_NOEXCEPT { free_handle(generation); }

int32_t apimall_image_history_view(const apimall_image_history* history,
                                   apimall_image_history_fields* out_fields) APIMALL_NOEXCEPT {
  if (history == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const ImageHistory& from = *from_handle(history);
  apimall_image_history_fields to{};
  to.page = from.page;
  to.page_size = from.page_size;
  to.item_count = static_cast<uint32_t>(from.items.size());
  give(view(from.request_id), to.request_id, to.request_id_len);
  return write_struct(to, out_fields);
}

int32_t apimall_image_history_item(const apimall_image_history* history, size_t index,
                                   apimall_image_history_item_fields* out_fields) APIMALL_NOEXCEPT {
  if (history == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  if (index >= from_handle(history)->items.size()) return APIMALL_ERROR_INVALID_ARGUMENT;
  const HistoryItem& from = from_handle(history)->items[index];
  apimall_image_history_item_fields to{};
  to.status = static_cast<int32_t>(from.status);
  to.credits_used = from.credits_used.value_or(APIMALL_ABSENT);
  to.credits_refunded = from.credits_refunded.value_or(APIMALL_ABSENT);
  to.created_at_ms = from.created_at_ms.value_or(APIMALL_ABSENT);
  to.completed_at_ms = from.completed_at_ms.value_or(APIMALL_ABSENT);
  give(from.task_id, to.task_id, to.task_id_len);
  give(view(from.model), to.model, to.model_len);
  give(view(from.source), to.source, to.source_len);
  give(view(from.status_text), to.status_text, to.status_text_len);
  give(view(from.image_url), to.image_url, to.image_url_len);
  give(view(from.created_at), to.created_at, to.created_at_len);
  give(view(from.completed_at), to.completed_at, to.completed_at_len);
  return write_struct(to, out_fields);
}

int32_t apimall_image_history_json(const apimall_image_history* history, const char** out_json,
                                   size_t* out_json_len) APIMALL_NOEXCEPT {
  return give_json(history, out_json, out_json_len);
}

void apimall_image_history_free(apimall_image_history* history) APIMALL_NOEXCEPT { free_handle(history); }

int32_t apimall_account_balances_view(const apimall_account_balances* balances,
                                      apimall_account_balances_fields* out_fields) APIMALL_NOEXCEPT {
  if (balances == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const AccountBalances& from = *from_handle(balances);
  apimall_account_balances_fields to{};
  to.credits = from.credits.value_or(APIMALL_ABSENT);
  to.api_credits = from.api_credits.value_or(APIMALL_ABSENT);
  give(view(from.request_id), to.request_id, to.request_id_len);
  return write_struct(to, out_fields);
}

int32_t apimall_account_balances_json(const apimall_account_balances* balances, const char** out_json,
                                      size_t* out_json_len) APIMALL_NOEXCEPT {
  return give_json(balances, out_json, out_json_len);
}

void apimall_account_balances_free(apimall_account_balances* balances) APIMALL_NOEXCEPT { free_handle(balances); }

int32_t apimall_download_view(const apimall_download* download, apimall_download_fields* out_fields) APIMALL_NOEXCEPT {
  if (download == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const Download& from = *from_handle(download);
  apimall_download_fields to{};
  to.file_count = static_cast<uint32_t>(from.files.size());
  for (const DownloadedFile& file : from.files) to.total_bytes += file.bytes;
  give(from.task_id, to.task_id, to.task_id_len);
  return write_struct(to, out_fields);
}

int32_t apimall_download_file(const apimall_download* download, size_t index,
                              apimall_download_file_fields* out_fields) APIMALL_NOEXCEPT {
  if (download == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  if (index >= from_handle(download)->files.size()) return APIMALL_ERROR_INVALID_ARGUMENT;
  const DownloadedFile& from = from_handle(download)->files[index];
  apimall_download_file_fields to{};
  to.bytes = from.bytes;
  give(from.path, to.path, to.path_len);
  give(from.url, to.url, to.url_len);
  give(from.media_type, to.media_type, to.media_type_len);
  return write_struct(to, out_fields);
}

void apimall_download_free(apimall_download* download) APIMALL_NOEXCEPT { free_handle(download); }
