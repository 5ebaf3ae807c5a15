#include "submissions.hpp"

#include <string>
#include <utility>

#include "boundary.hpp"
#include "handles.hpp"
#include "wire/request.hpp"

namespace apimall::capi {
namespace {

Error invalid(std::string message) {
  Error error;
  error.code = Code::invalid_argument;
  error.message = std::move(message);
  return error;
}

/// The id to download: said, or the snapshot's own. Saying both must not name two tasks.
Result<std::string_view> id_to_download(std::string_view said, const ImageTask* task) {
  if (task == nullptr) return said;
  const std::string_view known = task->fields().task_id;
  if (!said.empty() && !known.empty() && said != known) {
    return invalid("task_id and task name two different image tasks. Give one of them, or make them agree.");
  }
  return said.empty() ? known : said;
}

}  // namespace

Result<Timeout> read_timeout(std::int64_t timeout_ms) {
  if (timeout_ms == APIMALL_TIMEOUT_DEFAULT) return Timeout(DefaultTimeout{});
  if (timeout_ms == APIMALL_TIMEOUT_NONE) return Timeout(NoTimeout{});
  if (timeout_ms > 0) return Timeout(std::chrono::milliseconds(timeout_ms));
  return invalid("timeout_ms is " + std::to_string(timeout_ms) +
                 "; it must be a number of milliseconds above 0, 0 (as the settings say) or -1 (no limit).");
}

Result<engine::Submission> read_submission(const apimall_submission& from) {
  if (from.kind < APIMALL_WORK_GET || from.kind > APIMALL_WORK_BALANCES) {
    return invalid("kind is " + std::to_string(from.kind) +
                   "; it must be one of APIMALL_WORK_GET (1) to APIMALL_WORK_BALANCES (6).");
  }
  if (from.priority != APIMALL_PRIORITY_INTERACTIVE && from.priority != APIMALL_PRIORITY_BATCH) {
    return invalid("priority is " + std::to_string(from.priority) +
                   "; it must be APIMALL_PRIORITY_INTERACTIVE (0) or APIMALL_PRIORITY_BATCH (1).");
  }
  if ((from.flags & ~(APIMALL_FLAG_PROGRESS | APIMALL_FLAG_EACH_POLL)) != 0) {
    return invalid("flags holds bits that this version does not know: " + std::to_string(from.flags) + ".");
  }
  engine::Submission work;
  work.kind = static_cast<engine::Kind>(from.kind);
  work.priority = from.priority == APIMALL_PRIORITY_BATCH ? engine::Priority::batch : engine::Priority::interactive;
  work.tell_changes = (from.flags & APIMALL_FLAG_PROGRESS) != 0;
  work.tell_polls = (from.flags & APIMALL_FLAG_EACH_POLL) != 0;
  work.token = from.token;
  std::string_view task_id = text(from.task_id, from.task_id_len);
  switch (work.kind) {
    case engine::Kind::download: {
      const auto id = id_to_download(task_id, from_handle(from.task));
      if (!id) return id.error();
      task_id = *id;
      const std::string_view folder = text(from.folder, from.folder_len);
      if (folder.empty())
        return invalid("folder is empty; it must be the path of the folder to write to, such as \".\".");
      if (folder.find('\0') != folder.npos) return invalid("folder holds a NUL byte.");
      work.more = std::make_unique<engine::Particulars>();
      work.more->folder = folder;
      if (from.task != nullptr) {
        from_handle(from.task)->retain();
        work.more->task = ImageTaskRef::adopt(from_handle(from.task));
      }
      [[fallthrough]];
    }
    case engine::Kind::get:
    case engine::Kind::wait:
      if (auto error = wire::check_task_id(task_id)) return std::move(*error);
      work.task_id = task_id;
      break;
    case engine::Kind::generate: {
      const std::string_view body = text(from.body, from.body_len);
      if (auto error = wire::check_generate_body(body)) return std::move(*error);
      work.more = std::make_unique<engine::Particulars>();
      work.more->body = body;
      break;
    }
    case engine::Kind::history:
      if (auto error = wire::check_history_page(from.page, from.page_size)) return std::move(*error);
      work.more = std::make_unique<engine::Particulars>();
      work.more->page = from.page;
      work.more->page_size = from.page_size;
      break;
    case engine::Kind::balances:
      break;
  }
  return work;
}

}  // namespace apimall::capi
