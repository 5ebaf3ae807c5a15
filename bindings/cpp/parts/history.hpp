// One page of the account's tasks.
#pragma once

#include "enums.hpp"
#include "handle.hpp"

namespace apimall {

/// One task in the history. Its text is borrowed from the `History`.
class HistoryItem {
 public:
  explicit HistoryItem(const apimall_image_history_item_fields& fields) noexcept : fields_(fields) {}

  /// All fields, as C has them.
  const apimall_image_history_item_fields& fields() const noexcept { return fields_; }
  /// The task's id.
  std::string_view id() const noexcept { return detail::text(fields_.task_id, fields_.task_id_len); }
  /// The state.
  Status status() const noexcept { return static_cast<Status>(fields_.status); }
  /// The state's word as the gateway said it.
  OptionalText status_text() const noexcept {
    return detail::optional_text(fields_.status_text, fields_.status_text_len);
  }
  /// The model.
  OptionalText model() const noexcept { return detail::optional_text(fields_.model, fields_.model_len); }
  /// Where the task came from, in the gateway's word.
  OptionalText source() const noexcept { return detail::optional_text(fields_.source, fields_.source_len); }
  /// The first result.
  OptionalText image_url() const noexcept { return detail::optional_text(fields_.image_url, fields_.image_url_len); }
  /// What the task cost, in credits.
  OptionalNumber credits_used() const noexcept { return detail::optional_number(fields_.credits_used); }
  /// What came back, in credits.
  OptionalNumber credits_refunded() const noexcept { return detail::optional_number(fields_.credits_refunded); }
  /// When the task was accepted.
  OptionalTime created() const noexcept { return detail::optional_time(fields_.created_at_ms); }
  /// When the task ended.
  OptionalTime completed() const noexcept { return detail::optional_time(fields_.completed_at_ms); }

 private:
  apimall_image_history_item_fields fields_;
};

/// One page of the list of tasks. Immutable.
class History : public Handle<apimall_image_history, apimall_image_history_free> {
 public:
  using Handle::Handle;

  /// What the page says of itself, as C has it.
  apimall_image_history_fields fields() const noexcept {
    return detail::view(get(), +apimall_image_history_view,
                        apimall_image_history_fields APIMALL_IMAGE_HISTORY_FIELDS_INIT);
  }
  /// Which page it is, from 1.
  int page() const noexcept { return fields().page; }
  /// How many items a full page has.
  int page_size() const noexcept { return fields().page_size; }
  /// How many items this page has.
  std::size_t size() const noexcept { return fields().item_count; }
  /// One item; `index` is less than `size()`, else every field is absent.
  HistoryItem operator[](std::size_t index) const noexcept {
    apimall_image_history_item_fields item APIMALL_IMAGE_HISTORY_ITEM_FIELDS_INIT;
    if (get() != nullptr) apimall_image_history_item(get(), index, &item);
    return HistoryItem(item);
  }
  /// The gateway's id of the request.
  OptionalText request_id() const noexcept {
    const auto f = fields();
    return detail::optional_text(f.request_id, f.request_id_len);
  }
  /// The gateway's whole answer as it came.
  std::string_view json() const noexcept { return detail::json(get(), +apimall_image_history_json); }
};

}  // namespace apimall
