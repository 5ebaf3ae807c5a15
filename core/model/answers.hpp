// The gateway's other answers: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/status.hpp"
#include "model/timestamp.hpp"

namespace apimall {

using OptionalText = std::optional<std::string>;

/// What `POST /api/v1/images/generate` answers.
struct Generation {
  std::string task_id;
  OptionalText model;
  OptionalText provider_request_id;
  OptionalText request_id;
  std::optional<std::int64_t> credits_used;
  std::optional<std::int64_t> remaining_credits;
  std::string json;
};

struct HistoryItem {
  std::string task_id;
  OptionalText model;
  OptionalText source;
  OptionalText image_url;
  OptionalText created_at;
  OptionalText completed_at;
  std::optional<UnixMillis> created_at_ms;
  std::optional<UnixMillis> completed_at_ms;
  std::optional<std::int64_t> credits_used;
  std::optional<std::int64_t> credits_refunded;
  Status status = Status::unknown;
  OptionalText status_text;
};

/// What `GET /api/v1/images/history` answers.
struct ImageHistory {
  std::vector<HistoryItem> items;
  std::int32_t page = 0;
  std::int32_t page_size = 0;
  OptionalText request_id;
  std::string json;
};

/// What `GET /api/v1/account/balances` answers.
struct AccountBalances {
  std::optional<std::int64_t> credits;
  std::optional<std::int64_t> api_credits;
  OptionalText request_id;
  std::string json;
};

struct DownloadedFile {
  std::string path;
  std::string url;
  std::string media_type;
  std::uint64_t bytes = 0;
};

/// The files of one task, in the order of its result URLs.
struct Download {
  std::string task_id;
  std::vector<DownloadedFile> files;
};

}  // namespace apimall
