#include "engine/downloads.hpp"

#include <algorithm>
#include <utility>

#include "engine/download_state.hpp"

namespace apimall::engine {
namespace {

constexpr std::uint32_t attempts_per_file = 6;

Error refusal(Code code, bool retryable, std::string message) {
  Error error;
  error.code = code;
  error.retryable = retryable;
  error.message = std::move(message);
  return error;
}

bool urls_may_have_expired(int status) { return status == 403 || status == 404 || status == 410; }

bool worth_another_try(int status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

void Downloads::add(Slot slot, const Submission& submission, Instant now) {
  Work& work = context_.works[slot];
  auto download = std::make_unique<DownloadState>();
  download->task_id = submission.task_id.view();
  download->folder = submission.more->folder;
  work.state = std::move(download);
  const ImageTaskRef& task = submission.more->task;
  if (task && is_terminal(task->fields().status)) return task_seen(slot, task, now);
  watches_.attach(slot, work.download().task_id, now);
}

void Downloads::task_seen(Slot slot, const ImageTaskRef& task, Instant now) {
  Work& work = context_.works[slot];
  DownloadState& download = work.download();
  work.stage = Stage::fetching;
  work.one_look = false;
  download.task = task;
  if (task->fields().status != Status::completed) {
    const std::string_view why = task->fields().error_message;
    return end(slot, refusal(Code::download_failed, false,
                             "The image task " + download.task_id + " failed" + (why.empty() ? "" : ": ") +
                                 std::string(why) + ". There is nothing to download."));
  }
  const std::size_t count = task->result_urls().size();
  if (count == 0) {
    return end(slot, refusal(Code::download_failed, true,
                             "The image task " + download.task_id +
                                 " is completed but names no result URL. Get the task again in a while."));
  }
  download.files.resize(count);
  for (FileState& file : download.files) {
    if (!file.done && file.again_at == never) file.again_at = now;
  }
  retry(slot, now);
  end_if_complete(slot);  // fresh URLs may be fewer than what is already on disk
}

void Downloads::end_if_complete(Slot slot) {
  DownloadState& download = context_.works[slot].download();
  auto answer = std::make_unique<Download>();
  answer->task_id = download.task_id;
  for (const FileState& state : download.files) {
    if (!state.done) return;
    answer->files.push_back(state.file);
  }
  Event event;
  event.task = download.task;
  event.answer = std::move(answer);
  context_.works.end(slot, std::move(event));
}

void Downloads::enqueue(Slot slot, std::uint32_t file) {
  FileState& state = context_.works[slot].download().files[file];
  state.again_at = never;
  state.turn = ++turn_;
  queue_.push_back({slot, file, turn_});
}

bool Downloads::ready() {
  while (!queue_.empty()) {
    const Place& place = queue_.front();
    const Work& work = context_.works[place.work];
    if (work.stage == Stage::fetching && place.file < work.download().files.size() &&
        work.download().files[place.file].turn == place.turn) {
      return true;
    }
    queue_.pop_front();  // cancelled, or asked for anew
  }
  return false;
}

std::optional<Send> Downloads::next_fetch(Instant now) {
  if (!ready()) return std::nullopt;
  const Place place = queue_.front();
  queue_.pop_front();
  const DownloadState& download = context_.works[place.work].download();
  FileState& state = context_.works[place.work].download().files[place.file];
  state.turn = 0;
  state.exchange = context_.exchanges.open(Purpose::fetch, place.work, place.file, now);
  const auto urls = download.task->result_urls();
  const std::string suffix = urls.size() == 1 ? "" : "-" + std::to_string(place.file + 1);
  return Send{state.exchange, FetchOrder{std::string(urls[place.file]), download.folder, download.task_id + suffix}};
}

void Downloads::fetched(Slot slot, std::uint32_t file, Instant now, FetchOutcome outcome) {
  DownloadState& download = context_.works[slot].download();
  FileState& state = download.files[file];
  state.exchange = no_exchange;
  if (outcome.file) {
    ++context_.statistics.downloads;
    context_.statistics.download_bytes += outcome.file->bytes;
    state.done = true;
    state.file = std::move(*outcome.file);
    return end_if_complete(slot);
  }
  if (urls_may_have_expired(outcome.status) && !download.asked_for_fresh_urls) return refresh(slot, now);
  Error error = refusal(Code::download_failed, worth_another_try(outcome.status),
                        "The host of result " + std::to_string(file + 1) + " of image task " + download.task_id +
                            " answered HTTP " + std::to_string(outcome.status) +
                            (urls_may_have_expired(outcome.status) ? ", also for fresh URLs" : "") + ".");
  error.http_status = outcome.status;
  error.retry_after = outcome.retry_after;
  try_later(slot, file, now, std::move(error));
}

void Downloads::failed(Slot slot, std::uint32_t file, Instant now, Error error) {
  context_.works[slot].download().files[file].exchange = no_exchange;
  try_later(slot, file, now, std::move(error));
}

void Downloads::try_later(Slot slot, std::uint32_t file, Instant now, Error error) {
  Work& work = context_.works[slot];
  FileState& state = work.download().files[file];
  ++state.failures;
  const Instant again_at = later(now, context_.backoff.after(state.failures, error));
  if (!error.retryable || state.failures >= attempts_per_file || again_at > work.deadline) {
    error.message += " The task itself is complete: download it again, there is no need to generate it again.";
    return end(slot, std::move(error));
  }
  ++context_.statistics.retries;
  state.again_at = again_at;
  retry(slot, now);
}

void Downloads::retry(Slot slot, Instant now) {
  Work& work = context_.works[slot];
  Instant next = work.deadline;
  for (std::uint32_t file = 0; file < work.download().files.size(); ++file) {
    const Instant again_at = work.download().files[file].again_at;
    if (again_at <= now) {
      enqueue(slot, file);
    } else {
      next = std::min(next, again_at);
    }
  }
  context_.works.timers().set(slot, next);
}

void Downloads::refresh(Slot slot, Instant now) {
  Work& work = context_.works[slot];
  work.download().asked_for_fresh_urls = true;
  abandon(slot);
  work.one_look = true;
  context_.works.timers().set(slot, work.deadline);
  watches_.attach(slot, work.download().task_id, now);
}

void Downloads::abandon(Slot slot) {
  for (FileState& file : context_.works[slot].download().files) {
    context_.exchanges.abandon(std::exchange(file.exchange, no_exchange));
    file.turn = 0;
  }
}

void Downloads::end(Slot slot, Error error) {
  abandon(slot);
  error.task_id = context_.works[slot].download().task_id;
  Event event;
  event.task = context_.works[slot].download().task;
  event.error = std::make_unique<Error>(std::move(error));
  context_.works.end(slot, std::move(event));
}

}  // namespace apimall::engine
