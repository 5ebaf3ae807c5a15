#include "model/error.hpp"

#include "boundary.hpp"
#include "handles.hpp"

using namespace apimall;
using namespace apimall::capi;

namespace {

/// Absent text is NULL, not "".
std::string_view if_any(const std::string& text) { return text.empty() ? std::string_view() : std::string_view(text); }

}  // namespace

int32_t apimall_error_view(const apimall_error* error, apimall_error_fields* out_fields) APIMALL_NOEXCEPT {
  if (error == nullptr || out_fields == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
  const Error& from = *from_handle(error);
  apimall_error_fields to{};
  to.code = number(from.code);
  to.http_status = from.http_status;
  to.retryable = from.retryable ? 1 : 0;
  to.retry_after_ms = from.retry_after ? from.retry_after->count() : APIMALL_ABSENT;
  give(if_any(from.message), to.message, to.message_len);
  give(if_any(from.gateway_code), to.gateway_code, to.gateway_code_len);
  give(if_any(from.request_id), to.request_id, to.request_id_len);
  give(if_any(from.task_id), to.task_id, to.task_id_len);
  return write_struct(to, out_fields);
}

void apimall_error_free(apimall_error* error) APIMALL_NOEXCEPT { free_handle(error); }
