// What went wrong, as an object of the C interface and as an exception.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "enums.hpp"
#include "handle.hpp"
#include "image_task.hpp"

namespace apimall {

/// An error as data: what an event carries. Empty when nothing went wrong.
class Failure : public Handle<apimall_error, apimall_error_free> {
 public:
  using Handle::Handle;

  /// All fields at once, as C has them.
  apimall_error_fields fields() const noexcept {
    return detail::view(get(), +apimall_error_view, apimall_error_fields APIMALL_ERROR_FIELDS_INIT);
  }
};

/// The exception of every call here. Copies share one error, so that copying never throws.
class Error : public std::exception {
 public:
  /// Takes over what a call gave. `failure` may be empty (out of memory); `last_task` is the snapshot at a deadline.
  explicit Error(std::int32_t code, Failure failure = {}, ImageTask last_task = {}) : code_(static_cast<Code>(code)) {
    if (failure) failure_ = std::make_shared<const Failure>(std::move(failure));
    if (last_task) last_task_ = std::make_shared<const ImageTask>(std::move(last_task));
  }

  /// What was wrong, what was expected, what to do. NUL-terminated.
  const char* what() const noexcept override {
    const auto f = fields();
    return f.message != nullptr ? f.message : apimall_code_name(static_cast<std::int32_t>(code_));
  }
  /// The kind of error.
  Code code() const noexcept { return code_; }
  /// The code's name, such as `deadline`.
  std::string_view code_name() const noexcept { return apimall_code_name(static_cast<std::int32_t>(code_)); }
  /// The HTTP status of the answer, if there was one.
  std::optional<int> http_status() const noexcept {
    const auto f = fields();
    return f.http_status != 0 ? std::optional<int>(f.http_status) : std::nullopt;
  }
  /// Whether the same may succeed later.
  bool retryable() const noexcept { return fields().retryable != 0; }
  /// How long the gateway asked to wait.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    const auto f = fields();
    if (f.retry_after_ms == APIMALL_ABSENT || !failure_) return std::nullopt;
    return std::chrono::milliseconds(f.retry_after_ms);
  }
  /// The gateway's own word, such as `not_found`.
  OptionalText gateway_code() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.gateway_code, f.gateway_code_len);
  }
  /// The gateway's id of the request, for its support.
  OptionalText request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.request_id, f.request_id_len);
  }
  /// The task that the call was about. It still runs when only the observation failed.
  OptionalText task_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.task_id, f.task_id_len);
  }
  /// Of a deadline: the last snapshot, or NULL when there was none. Lives as long as this error or a copy of it.
  const ImageTask* last_task() const noexcept { return last_task_.get(); }

 private:
  apimall_error_fields fields() const noexcept {
    return failure_ ? failure_->fields() : apimall_error_fields APIMALL_ERROR_FIELDS_INIT;
  }

  Code code_;
  std::shared_ptr<const Failure> failure_;
  std::shared_ptr<const ImageTask> last_task_;
};

/// The loaded library keeps another contract than the header that this program was compiled with.
class LibraryMismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Receives an `apimall_error **` parameter.
class ErrorOut {
 public:
  ~ErrorOut() { apimall_error_free(raw_); }
  ErrorOut() = default;
  ErrorOut(const ErrorOut&) = delete;
  ErrorOut& operator=(const ErrorOut&) = delete;
  operator apimall_error**() noexcept { return &raw_; }  // NOLINT(google-explicit-constructor): that is its use
  Failure take() noexcept { return Failure(std::exchange(raw_, nullptr)); }

 private:
  apimall_error* raw_ = nullptr;
};

/// Throws what a code tells.
inline void check(std::int32_t code) {
  if (code != APIMALL_OK) throw Error(code);
}
inline void check(std::int32_t code, ErrorOut& error) {
  if (code != APIMALL_OK) throw Error(code, error.take());
}

/// Refuses a library of another contract, since calling it could crash.
inline void check_library() {
  const std::uint64_t loaded = apimall_abi_hash();
  if (loaded == APIMALL_ABI_HASH) return;
  throw LibraryMismatch("libapimall " + std::string(apimall_version()) + " has the contract " + std::to_string(loaded) +
                        ", but this program was compiled for apimall " APIMALL_VERSION " with the contract " +
                        std::to_string(APIMALL_ABI_HASH) +
                        ". Use the library that came with the header, or compile again.");
}

}  // namespace detail

inline ImageTask ImageTask::parse(std::string_view json) {
  apimall_image_task* task = nullptr;
  detail::ErrorOut error;
  detail::check(apimall_parse_image_task(json.data(), json.size(), &task, error), error);
  return ImageTask(task);
}

}  // namespace apimall
