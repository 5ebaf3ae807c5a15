// One answer about one image task.
#pragma once

#include <vector>

#include "enums.hpp"
#include "handle.hpp"

namespace apimall {

/// An immutable snapshot of an image task. Any thread may read it.
class ImageTask : public Handle<apimall_image_task, apimall_image_task_free> {
 public:
  using Handle::Handle;

  /// All fields at once, as C has them. Each accessor below is one such call, so take this to read many.
  apimall_image_task_fields fields() const noexcept {
    return detail::view(get(), +apimall_image_task_view, apimall_image_task_fields APIMALL_IMAGE_TASK_FIELDS_INIT);
  }

  /// The state. `Status::unknown` also stands for a word that this version does not know: see `status_text()`.
  Status status() const noexcept { return static_cast<Status>(fields().status); }
  /// Whether the state is completed or failed, and will not change.
  bool is_final() const noexcept {
    const Status now = status();
    return now == Status::completed || now == Status::failed;
  }
  /// The state's word as the gateway said it.
  OptionalText status_text() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.status_text, f.status_text_len);
  }
  /// The task's id.
  std::string_view id() const noexcept {
    const auto f = fields();
    return detail::text(f.task_id, f.task_id_len);
  }
  /// The model that makes it.
  OptionalText model() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.model, f.model_len);
  }
  /// Why the task failed.
  OptionalText error_message() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.error_message, f.error_message_len);
  }
  /// The field `primary_url` as it came.
  OptionalText primary_url() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.primary_url, f.primary_url_len);
  }
  /// The field `image_url` as it came.
  OptionalText image_url() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.image_url, f.image_url_len);
  }
  /// The gateway's id of the request that gave this answer.
  OptionalText request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.request_id, f.request_id_len);
  }
  /// What the task cost, in credits.
  OptionalNumber credits_used() const noexcept { return detail::optional_number(fields().credits_used); }
  /// What came back, in credits; it can be less than the cost.
  OptionalNumber credits_refunded() const noexcept { return detail::optional_number(fields().credits_refunded); }
  /// When the task was accepted.
  OptionalTime created() const noexcept { return detail::optional_time(fields().created_at_ms); }
  /// When the task last changed.
  OptionalTime updated() const noexcept { return detail::optional_time(fields().updated_at_ms); }
  /// When the task ended.
  OptionalTime completed() const noexcept { return detail::optional_time(fields().completed_at_ms); }

  /// The results, in order and each once. Empty until the task is completed.
  std::vector<std::string_view> result_urls() const {
    std::vector<std::string_view> urls(apimall_image_task_result_url(get(), 0, nullptr, nullptr));
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const char* url = nullptr;
      std::size_t url_len = 0;
      apimall_image_task_result_url(get(), i, &url, &url_len);
      urls[i] = detail::text(url, url_len);
    }
    return urls;
  }
  /// The gateway's whole answer as it came; `parse` reads it again.
  std::string_view json() const noexcept { return detail::json(get(), +apimall_image_task_json); }

  /// Makes a snapshot from such JSON. Sends nothing. Throws `Error`. Defined in error.hpp.
  static ImageTask parse(std::string_view json);
};

}  // namespace apimall
