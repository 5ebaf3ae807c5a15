// Work without a thread for each task: submit, then read events.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "client.hpp"

namespace apimall {

/// News about one submission. A final event holds either the result of its kind or a failure.
struct Event {
  EventType type = EventType::progress;
  std::uint64_t token = 0;
  Work kind = Work::get;
  Code code = Code::ok;
  ImageTask task;         ///< Get, wait: the snapshot; at a deadline the last one.
  Generation generation;  ///< Generate.
  Download download;      ///< Download.
  History history;        ///< History.
  Balances balances;      ///< Balances.
  Failure failure;        ///< What went wrong, when `code` is not ok.

  Event() = default;
  /// Takes over all that a raw event holds.
  explicit Event(const apimall_event& raw) noexcept
      : type(static_cast<EventType>(raw.type)),
        token(raw.token),
        kind(static_cast<Work>(raw.kind)),
        code(static_cast<Code>(raw.code)),
        task(raw.task),
        generation(raw.generation),
        download(raw.download),
        history(raw.history),
        balances(raw.balances),
        failure(raw.error) {}

  /// Whether this ends its submission.
  bool is_final() const noexcept { return type == EventType::final; }
  /// Throws the failure, if this is one, as an `Error` that takes `failure` and `task` with it.
  void throw_if_failed() {
    if (code != Code::ok) throw Error(static_cast<std::int32_t>(code), std::move(failure), std::move(task));
  }
};

/// What a submission has besides its subject.
struct SubmitOptions : Options {
  /// Of a wait: `flag::progress`, `flag::each_poll`, or both with `|`.
  std::uint32_t flags = 0;
};

/// A queue of events. Any thread may submit and cancel; one at a time may read. Methods throw `Error`.
class Poller {
 public:
  /// Makes a poller of a client, which it may outlive.
  explicit Poller(const Client& client) {
    detail::ErrorOut error;
    apimall_poller* poller = nullptr;
    detail::check(apimall_poller_new(client.get(), &poller, error), error);
    handle_ = Handle<apimall_poller, apimall_poller_free>(poller);
  }
  /// Takes over a raw poller.
  explicit Poller(apimall_poller* raw) noexcept : handle_(raw) {}

  Poller(Poller&&) noexcept = default;
  /// Frees the former poller before the notify function that may be running.
  Poller& operator=(Poller&& other) noexcept {
    const Poller former(std::move(*this));
    raw_ = std::move(other.raw_);
    notify_ = std::move(other.notify_);
    handle_ = std::move(other.handle_);
    return *this;
  }
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller() = default;

  /// One look at a task. Like all the following it never blocks, and ends in exactly one final event with `token`.
  void submit_get(std::uint64_t token, std::string_view task_id, const SubmitOptions& options = {}) const {
    submit_task(Work::get, token, task_id, options);
  }
  /// Polls a task until it is final.
  void submit_wait(std::uint64_t token, std::string_view task_id, const SubmitOptions& options = {}) const {
    submit_task(Work::wait, token, task_id, options);
  }
  /// Starts a task, which costs credits.
  void submit_generate(std::uint64_t token, std::string_view body, const SubmitOptions& options = {}) const {
    apimall_submission work = submission(Work::generate, token, options);
    work.body = body.data();
    work.body_len = body.size();
    submit(work);
  }
  /// Writes the files of a completed task into a folder.
  void submit_download(std::uint64_t token, std::string_view task_id, std::string_view folder,
                       const SubmitOptions& options = {}) const {
    submit_download(token, task_id, nullptr, folder, options);
  }
  /// The same from a snapshot, which saves a request.
  void submit_download(std::uint64_t token, const ImageTask& task, std::string_view folder,
                       const SubmitOptions& options = {}) const {
    submit_download(token, task.id(), task.get(), folder, options);
  }
  /// Lists one page of tasks.
  void submit_history(std::uint64_t token, int page = 1, int page_size = 20, const SubmitOptions& options = {}) const {
    apimall_submission work = submission(Work::history, token, options);
    work.page = page;
    work.page_size = page_size;
    submit(work);
  }
  /// Reads the account's credits.
  void submit_balances(std::uint64_t token, const SubmitOptions& options = {}) const {
    submit(submission(Work::balances, token, options));
  }
  /// Submits work as C describes it.
  void submit(const apimall_submission& work) const {
    detail::ErrorOut error;
    detail::check(apimall_poller_submit(get(), &work, error), error);
  }

  /// Ends the submissions with this token, each by a final event of code `cancelled` unless it had ended already.
  void cancel(std::uint64_t token) const { detail::check(apimall_poller_cancel(get(), token)); }

  /// Takes up to `capacity` events, oldest first, waiting for the first of them only. `events` stays empty at the
  /// timeout and after a wake-up. False once the poller is closed and everything was read.
  bool next(std::vector<Event>& events, std::chrono::milliseconds timeout = no_timeout, std::size_t capacity = 64) {
    // All memory is had first: once events are taken, nothing may throw, or they would be lost.
    events.clear();
    events.reserve(capacity);
    raw_.resize(capacity);
    std::size_t count = 0;
    const std::int32_t code =
        apimall_poller_next(get(), raw_.data(), sizeof(apimall_event), capacity, timeout.count(), &count);
    if (code == APIMALL_ERROR_CLOSED) return false;
    detail::check(code);
    for (std::size_t i = 0; i < count; ++i) events.emplace_back(raw_[i]);
    return true;
  }

  /// What an event loop can watch: readable while there are events. Never read, write or close it.
  std::intptr_t native_handle() const {
    std::intptr_t handle = -1;
    detail::check(apimall_poller_handle(get(), &handle));
    return handle;
  }
  /// Has a function called on the library's I/O thread when the poller goes from empty to not empty. It must return at
  /// once and not use the library. An empty one ends that. Returns once the former function runs no more.
  void set_notify(std::function<void()> function) {
    auto next = function ? std::make_unique<std::function<void()>>(std::move(function)) : nullptr;
    detail::check(apimall_poller_set_notify(get(), next ? &Poller::on_notify : nullptr, next.get()));
    notify_ = std::move(next);
  }
  /// Makes a blocked `next` return early. Any thread.
  void wakeup() const { detail::check(apimall_poller_wakeup(get())); }
  /// Ends everything outstanding with `closed`; what is there can still be read.
  void close() const { detail::check(apimall_poller_close(get())); }

  /// Lends the raw poller.
  apimall_poller* get() const noexcept { return handle_.get(); }
  /// Gives the raw poller away, which the caller frees. A notify function is detached first.
  [[nodiscard]] apimall_poller* release() {
    if (notify_) set_notify({});
    return handle_.release();
  }
  /// Whether there is a poller: not after a move or a release.
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }

 private:
  static apimall_submission submission(Work kind, std::uint64_t token, const SubmitOptions& options) noexcept {
    apimall_submission work APIMALL_SUBMISSION_INIT;
    work.kind = static_cast<std::int32_t>(kind);
    work.token = token;
    work.timeout_ms = detail::timeout_ms(options);
    work.priority = static_cast<std::int32_t>(options.priority);
    work.flags = options.flags;
    return work;
  }

  void submit_task(Work kind, std::uint64_t token, std::string_view task_id, const SubmitOptions& options) const {
    apimall_submission work = submission(kind, token, options);
    work.task_id = task_id.data();
    work.task_id_len = task_id.size();
    submit(work);
  }

  void submit_download(std::uint64_t token, std::string_view task_id, const apimall_image_task* task,
                       std::string_view folder, const SubmitOptions& options) const {
    apimall_submission work = submission(Work::download, token, options);
    work.task_id = task_id.data();
    work.task_id_len = task_id.size();
    work.task = task;
    work.folder = folder.data();
    work.folder_len = folder.size();
    submit(work);
  }

  static void on_notify(void* user_data) noexcept {
    try {
      (*static_cast<std::function<void()>*>(user_data))();
    } catch (...) {  // Nothing may be thrown into the library, and nobody else is there to take it.
    }
  }

  std::vector<apimall_event> raw_;
  // The notify function outlives the poller, whose client may be inside it: members go in reverse order.
  std::unique_ptr<std::function<void()>> notify_;
  Handle<apimall_poller, apimall_poller_free> handle_;
};

}  // namespace apimall
