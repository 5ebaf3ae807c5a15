// Test bodies in memory of exactly the size that the parser's contract allows it to touch.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wire/response.hpp"

namespace apimall::wire {

/// Owns a copy of a body. Its padding is filled with closing marks, to catch a parser that reads into it, or with
/// `padding` over and over.
class PaddedBody {
 public:
  explicit PaddedBody(std::string_view body, std::string_view padding = "}\"")
      : memory_(new char[body.size() + body_padding]), size_(body.size()) {
    body.copy(memory_.get(), size_);
    for (std::size_t i = 0; i < body_padding; ++i) memory_[size_ + i] = padding[i % padding.size()];
  }
  std::string_view view() const { return {memory_.get(), size_}; }

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t size_;
};

inline constexpr std::string_view documented_id = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M";

inline constexpr std::string_view documented_body = R"({
  "success": true,
  "data": {
    "task_id": "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M",
    "model": "nano-banana",
    "status": "completed",
    "output": {
      "resultUrls": [
        "https://cdn.apimall.ai/generated/image-01.webp"
      ]
    },
    "primary_url": "https://cdn.apimall.ai/generated/image-01.webp",
    "image_url": "https://cdn.apimall.ai/generated/image-01.webp",
    "error_message": null,
    "credits_used": 8,
    "credits_refunded": 0,
    "created_at": "2026-03-12T09:30:00.000Z",
    "updated_at": "2026-03-12T09:31:06.000Z",
    "completed_at": "2026-03-12T09:31:06.000Z"
  },
  "request_id": "req_01HQ9M7J7X9P7Y8T6W5V4U3S2R"
}
)";

/// The documented body with `part` replaced by `by`; `part` must be in it.
inline std::string with(std::string_view part, std::string_view by, std::string_view body = documented_body) {
  std::string changed(body);
  return changed.replace(changed.find(part), part.size(), by);
}

inline Response answer(int status, std::string_view padded_body) {
  Response response;
  response.status = status;
  response.body = padded_body;
  return response;
}

}  // namespace apimall::wire
