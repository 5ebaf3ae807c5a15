// The calls that block until their answer is there.
#include <cstring>

#include "boundary.hpp"
#include "handles.hpp"
#include "submissions.hpp"
#include "wire/response.hpp"

using namespace apimall;
using namespace apimall::capi;

namespace {

apimall_submission submission_of(int32_t kind) {
  apimall_submission submission{};
  submission.size = static_cast<uint32_t>(sizeof submission);
  submission.kind = kind;
  return submission;
}

/// Submits, waits, and lets `take` move the answer out of the final event.
template <typename Take>
int32_t call(apimall_client* client, apimall_submission submission, const apimall_options* options,
             apimall_error** out_error, Take&& take) {
  if (client == nullptr) return is_null(out_error, "client");
  if (options != nullptr) {
    apimall_options known{};
    if (!read_struct(*options, known)) {
      return fail(out_error, Code::invalid_argument,
                  "options is not an apimall_options of this version: check its size.");
    }
    submission.priority = known.priority;
    submission.timeout_ms = known.timeout_ms;
  }
  auto timeout = read_timeout(submission.timeout_ms);
  if (!timeout) return fail(out_error, std::move(timeout.error()));
  auto work = read_submission(submission);
  if (!work) return fail(out_error, std::move(work.error()));
  engine::Event event = client->client->call(std::move(*work), *timeout);
  take(event);
  return event.error ? fail(out_error, std::move(*event.error)) : APIMALL_OK;
}

int32_t observe(int32_t kind, apimall_client* client, const char* task_id, size_t task_id_len,
                const apimall_options* options, apimall_image_task** out_task, apimall_error** out_error) {
  return guarded(out_error, [&]() -> int32_t {
    if (out_task == nullptr) return is_null(out_error, "out_task");
    *out_task = nullptr;
    apimall_submission submission = submission_of(kind);
    submission.task_id = task_id;
    submission.task_id_len = task_id_len;
    return call(client, submission, options, out_error,
                [&](engine::Event& event) { *out_task = to_handle(std::move(event.task)); });
  });
}

/// Calls whose answer is one object beside the error.
template <typename Object, typename Handle>
int32_t ask(apimall_client* client, const apimall_submission& submission, const apimall_options* options, Handle** out,
            const char* out_name, apimall_error** out_error) {
  return guarded(out_error, [&]() -> int32_t {
    if (out == nullptr) return is_null(out_error, out_name);
    *out = nullptr;
    return call(client, submission, options, out_error, [&](engine::Event& event) {
      if (auto* answer = std::get_if<std::unique_ptr<Object>>(&event.answer)) *out = to_handle(std::move(*answer));
    });
  });
}

}  // namespace

int32_t apimall_get_image_task(apimall_client* client, const char* task_id, size_t task_id_len,
                               const apimall_options* options, apimall_image_task** out_task,
                               apimall_error** out_error) APIMALL_NOEXCEPT {
  return observe(APIMALL_WORK_GET, client, task_id, task_id_len, options, out_task, out_error);
}

int32_t apimall_wait_image_task(apimall_client* client, const char* task_id, size_t task_id_len,
                                const apimall_options* options, apimall_image_task** out_task,
                                apimall_error** out_error) APIMALL_NOEXCEPT {
  return observe(APIMALL_WORK_WAIT, client, task_id, task_id_len, options, out_task, out_error);
}

int32_t apimall_generate_image(apimall_client* client, const char* body, size_t body_len,
                               const apimall_options* options, apimall_generation** out_generation,
                               apimall_error** out_error) APIMALL_NOEXCEPT {
  apimall_submission submission = submission_of(APIMALL_WORK_GENERATE);
  submission.body = body;
  submission.body_len = body_len;
  return ask<Generation>(client, submission, options, out_generation, "out_generation", out_error);
}

int32_t apimall_list_image_history(apimall_client* client, int32_t page, int32_t page_size,
                                   const apimall_options* options, apimall_image_history** out_history,
                                   apimall_error** out_error) APIMALL_NOEXCEPT {
  apimall_submission submission = submission_of(APIMALL_WORK_HISTORY);
  submission.page = page;
  submission.page_size = page_size;
  return ask<ImageHistory>(client, submission, options, out_history, "out_history", out_error);
}

int32_t apimall_get_account_balances(apimall_client* client, const apimall_options* options,
                                     apimall_account_balances** out_balances,
                                     apimall_error** out_error) APIMALL_NOEXCEPT {
  return ask<AccountBalances>(client, submission_of(APIMALL_WORK_BALANCES), options, out_balances, "out_balances",
                              out_error);
}

int32_t apimall_download_image_task(apimall_client* client, const char* task_id, size_t task_id_len,
                                    const apimall_image_task* task, const char* folder, size_t folder_len,
                                    const apimall_options* options, apimall_download** out_download,
                                    apimall_error** out_error) APIMALL_NOEXCEPT {
  apimall_submission submission = submission_of(APIMALL_WORK_DOWNLOAD);
  submission.task_id = task_id;
  submission.task_id_len = task_id_len;
  submission.task = task;
  submission.folder = folder;
  submission.folder_len = folder_len;
  return ask<Download>(client, submission, options, out_download, "out_download", out_error);
}

int32_t apimall_parse_image_task(const char* json, size_t json_len, apimall_image_task** out_task,
                                 apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    preset(out_task);
    if (json == nullptr) return is_null(out_error, "json");
    if (out_task == nullptr) return is_null(out_error, "out_task");
    auto task = wire::parse_image_task(text(json, json_len));
    if (!task) return fail(out_error, std::move(task.error()));
    *out_task = to_handle(std::move(*task));
    return APIMALL_OK;
  });
}
