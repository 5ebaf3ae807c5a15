// One answer about one image task: an immutable snapshot with the JSON it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/ref.hpp"
#include "model/status.hpp"
#include "model/timestamp.hpp"

namespace apimall {

/// The fields of an image task. Text that is absent or null has `data() == nullptr`; other text is NUL-terminated too.
struct ImageTaskFields {
  Status status = Status::unknown;
  std::string_view status_text;  ///< as it came, also when nobody knows it yet
  std::string_view task_id;
  std::string_view model;
  std::string_view primary_url;
  std::string_view image_url;
  std::string_view error_message;
  std::string_view created_at;
  std::string_view updated_at;
  std::string_view completed_at;
  std::string_view request_id;
  std::optional<UnixMillis> created_at_ms;
  std::optional<UnixMillis> updated_at_ms;
  std::optional<UnixMillis> completed_at_ms;
  std::optional<std::int64_t> credits_used;
  std::optional<std::int64_t> credits_refunded;
};

/// Object, texts, URL list and JSON live in one allocation, made by wire/'s parser.
class ImageTask : public Shared<ImageTask> {
 public:
  const ImageTaskFields& fields() const { return fields_; }
  /// `output.resultUrls`, then `primary_url`, then `image_url`, each once.
  std::span<const std::string_view> result_urls() const { return result_urls_; }
  /// The body as it came, but for a byte order mark. Where it was not UTF-8, or had raw control characters in its
  /// texts, those are mended: it is always UTF-8.
  std::string_view json() const { return json_; }

  static void destroy(const ImageTask* task) noexcept;

 private:
  friend class ImageTaskBuilder;
  ImageTask() = default;
  ~ImageTask() = default;

  ImageTaskFields fields_;
  std::span<const std::string_view> result_urls_;
  std::string_view json_;
};

using ImageTaskRef = Ref<const ImageTask>;

}  // namespace apimall
