// Fetches the results of completed tasks. The generation is never repeated, only the fetch; URLs that have expired are
// asked for anew, once.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "engine/context.hpp"
#include "engine/watches.hpp"

namespace apimall::engine {

/// What a result's host answered; `file` when the whole file is on disk.
struct FetchOutcome {
  int status = 0;
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<DownloadedFile> file;
};

class Downloads {
 public:
  Downloads(Context& context, Watches& watches) : context_(context), watches_(watches) {}

  void add(Slot work, const Submission& submission, Instant now);

  /// The task has ended, or was looked at again.
  void task_seen(Slot work, const ImageTaskRef& task, Instant now);

  bool ready();
  std::optional<Send> next_fetch(Instant now);

  void fetched(Slot work, std::uint32_t file, Instant now, FetchOutcome outcome);
  void failed(Slot work, std::uint32_t file, Instant now, Error error);

  /// Queues the files whose time has come, and sets the work's timer for the others.
  void retry(Slot work, Instant now);

  /// Gives up what is queued or under way for `work`. What is to be tried later stays so: a host's Retry-After holds
  /// for a fresh URL too.
  void abandon(Slot work);

 private:
  struct Place {
    Slot work;
    std::uint32_t file;
    std::uint32_t turn;
  };

  void enqueue(Slot work, std::uint32_t file);
  void end_if_complete(Slot work);
  void refresh(Slot work, Instant now);
  void try_later(Slot work, std::uint32_t file, Instant now, Error error);
  void end(Slot work, Error error);

  Context& context_;
  Watches& watches_;
  std::deque<Place> queue_;
  std::uint32_t turn_ = 0;
};

}  // namespace apimall::engine
