// The states of an image task: the one table that every surface reads.
#pragma once

#include <cstdint>
#include <string_view>

namespace apimall {

enum class Status : std::uint8_t { unknown = 0, pending = 1, processing = 2, completed = 3, failed = 4 };

/// The status that the gateway's text names; `unknown` for text that nobody knows yet, which is not terminal.
constexpr Status status_from(std::string_view text) {
  if (text == "pending") return Status::pending;
  if (text == "processing") return Status::processing;
  if (text == "completed") return Status::completed;
  if (text == "failed") return Status::failed;
  return Status::unknown;
}

/// Only `completed` and `failed` end a wait.
constexpr bool is_terminal(Status status) { return status == Status::completed || status == Status::failed; }

}  // namespace apimall
