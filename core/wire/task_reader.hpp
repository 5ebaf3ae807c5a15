// Reads the documented answer about one image task.
#pragma once

#include <string_view>
#include <vector>

#include "model/image_task.hpp"
#include "wire/envelope.hpp"

namespace apimall::wire {

/// The fields of `data`, in the documented order.
enum class DataKey : unsigned {
  task_id,
  model,
  status,
  output,
  primary_url,
  image_url,
  error_message,
  credits_used,
  credits_refunded,
  created_at,
  updated_at,
  completed_at,
};
inline constexpr auto data_keys =
    key_table("task_id", "model", "status", "output", "primary_url", "image_url", "error_message", "credits_used",
              "credits_refunded", "created_at", "updated_at", "completed_at");

/// What one walk over a body found. Views lie in the body or in the reader's texts.
///
/// Of equal keys the last one counts, as in most JSON readers, so that whoever reads the kept JSON sees the same.
struct TaskReading {
  Envelope envelope;
  ImageTaskFields fields;
  std::vector<std::string_view> result_urls;  ///< each once, in the order that `ImageTask` promises
  bool has_data = false;                      ///< `data` is an object
  bool status_known = false;                  ///< `status` is a text that could be read exactly, not empty
  bool task_id_known = false;                 ///< likewise `task_id`; a number is taken by its digits

  void clear();
  /// Derives what follows from the fields: the status, the times, the list of URLs.
  void finish();
};

/// Walks the document. After an error what was found is still there for the error's text.
simdjson::error_code read_task(ondemand::document& document, JsonTexts& texts, TaskReading& reading);

}  // namespace apimall::wire
