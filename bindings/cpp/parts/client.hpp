// The client and its blocking calls.
#pragma once

#include <functional>
#include <memory>

#include "answers.hpp"
#include "config.hpp"
#include "download.hpp"
#include "error.hpp"
#include "history.hpp"
#include "image_task.hpp"
#include "options.hpp"

namespace apimall {

/// Receives log lines, on a thread of the library's own. What it throws is dropped.
using LogFunction = std::function<void(LogLevel level, std::string_view line)>;

/// One engine, one connection pool, one rate budget. Make one per API key and share it: any thread may call any method
/// that is const, at any time. Methods throw `Error`.
class Client {
 public:
  /// Makes a client from a copy of the settings. Starts no thread and sends nothing.
  explicit Client(const Config& config) : Client(make(config)) {}
  /// Takes over a raw client.
  explicit Client(apimall_client* raw) noexcept : handle_(raw) {}
  /// Makes a client from the environment alone.
  static Client from_env() { return Client(Config::from_env()); }

  Client(Client&&) noexcept = default;
  /// Frees the former client before the log function that it may be calling.
  Client& operator=(Client&& other) noexcept {
    const Client former(std::move(*this));
    log_ = std::move(other.log_);
    handle_ = std::move(other.handle_);
    return *this;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() = default;

  /// Looks at a task once.
  ImageTask get(std::string_view task_id, const Options& options = {}) const {
    return observe(apimall_get_image_task, task_id, options);
  }
  /// Waits until a task is completed or failed. At the deadline throws an `Error` of code `deadline` with
  /// `last_task()`: the task still runs, waiting again costs nothing, and submitting it again costs credits.
  ImageTask wait(std::string_view task_id, const Options& options = {}) const {
    return observe(apimall_wait_image_task, task_id, options);
  }
  /// Starts a task, which costs credits. `body` is a JSON object with `model` and `prompt`.
  Generation generate(std::string_view body, const Options& options = {}) const {
    const apimall_options c = detail::c_options(options);
    detail::ErrorOut error;
    apimall_generation* generation = nullptr;
    detail::check(apimall_generate_image(get(), body.data(), body.size(), &c, &generation, error), error);
    return Generation(generation);
  }
  /// Lists one page of tasks.
  History history(int page = 1, int page_size = 20, const Options& options = {}) const {
    const apimall_options c = detail::c_options(options);
    detail::ErrorOut error;
    apimall_image_history* history = nullptr;
    detail::check(apimall_list_image_history(get(), page, page_size, &c, &history, error), error);
    return History(history);
  }
  /// Reads the account's credits.
  Balances balances(const Options& options = {}) const {
    const apimall_options c = detail::c_options(options);
    detail::ErrorOut error;
    apimall_account_balances* balances = nullptr;
    detail::check(apimall_get_account_balances(get(), &c, &balances, error), error);
    return Balances(balances);
  }
  /// Writes the files of a completed task into a folder.
  Download download(std::string_view task_id, std::string_view folder, const Options& options = {}) const {
    return download(task_id, nullptr, folder, options);
  }
  /// The same from a snapshot, which saves a request.
  Download download(const ImageTask& task, std::string_view folder, const Options& options = {}) const {
    return download(task.id(), task.get(), folder, options);
  }

  /// What this client did so far.
  apimall_stats stats() const {
    apimall_stats stats APIMALL_STATS_INIT;
    detail::check(apimall_client_stats(get(), &stats));
    return stats;
  }
  /// Sends log lines to a function; an empty one ends that. Returns once the former function runs no more.
  void set_log(LogFunction function) {
    auto next = function ? std::make_unique<LogFunction>(std::move(function)) : nullptr;
    detail::check(apimall_client_set_log(get(), next ? &Client::on_log : nullptr, next.get()));
    log_ = std::move(next);
  }
  /// Ends everything outstanding with `closed`. Any thread, also while others are inside a call.
  void close() const { detail::check(apimall_client_close(get())); }

  /// Lends the raw client.
  apimall_client* get() const noexcept { return handle_.get(); }
  /// Gives the raw client away, which the caller frees. A log function is detached first.
  [[nodiscard]] apimall_client* release() {
    if (log_) set_log({});
    return handle_.release();
  }
  /// Whether there is a client: not after a move or a release.
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }

 private:
  using Observer = std::int32_t (*)(apimall_client*, const char*, std::size_t, const apimall_options*,
                                    apimall_image_task**, apimall_error**);

  static apimall_client* make(const Config& config) {
    detail::check_library();
    detail::ErrorOut error;
    apimall_client* client = nullptr;
    detail::check(apimall_client_new(config.get(), &client, error), error);
    return client;
  }

  static void on_log(void* user_data, std::int32_t level, const char* line, std::size_t line_len) noexcept {
    try {
      (*static_cast<LogFunction*>(user_data))(static_cast<LogLevel>(level), detail::text(line, line_len));
    } catch (...) {  // Nothing may be thrown into the library, and nobody else is there to take it.
    }
  }

  ImageTask observe(Observer call, std::string_view task_id, const Options& options) const {
    const apimall_options c = detail::c_options(options);
    detail::ErrorOut error;
    apimall_image_task* raw = nullptr;
    const std::int32_t code = call(get(), task_id.data(), task_id.size(), &c, &raw, error);
    ImageTask task(raw);
    if (code != APIMALL_OK) throw Error(code, error.take(), std::move(task));
    return task;
  }

  Download download(std::string_view task_id, const apimall_image_task* task, std::string_view folder,
                    const Options& options) const {
    const apimall_options c = detail::c_options(options);
    detail::ErrorOut error;
    apimall_download* download = nullptr;
    detail::check(apimall_download_image_task(get(), task_id.data(), task_id.size(), task, folder.data(), folder.size(),
                                              &c, &download, error),
                  error);
    return Download(download);
  }

  // The log function outlives the client, whose log thread may be inside it: members go in reverse order.
  std::unique_ptr<LogFunction> log_;
  Handle<apimall_client, apimall_client_free> handle_;
};

}  // namespace apimall
