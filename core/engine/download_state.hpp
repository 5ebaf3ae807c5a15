#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/clock.hpp"
#include "engine/exchanges.hpp"
#include "engine/works.hpp"
#include "model/answers.hpp"
#include "model/image_task.hpp"

namespace apimall::engine {

/// One result on its way to disk. Neither queued nor under way nor due at `again_at` means done.
struct FileState {
  std::uint32_t turn = 0;  ///< its place in the queue; 0: none
  std::uint32_t failures = 0;
  ExchangeId exchange = no_exchange;
  Instant again_at = never;
  bool done = false;
  DownloadedFile file;
};

struct DownloadState final : WorkState {
  std::string task_id;
  std::string folder;
  ImageTaskRef task;
  std::vector<FileState> files;  // by result URL
  bool asked_for_fresh_urls = false;
};

}  // namespace apimall::engine
