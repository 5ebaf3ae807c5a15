// Sole ownership of the C ABI's objects.
#pragma once

#include <memory>

#include "python.hpp"

namespace apimall_python {

template <auto Free>
struct FreeWith {
  template <typename Object>
  void operator()(Object* object) const noexcept {
    Free(object);
  }
};

using OwnedConfig = std::unique_ptr<apimall_config, FreeWith<&apimall_config_free>>;
using OwnedError = std::unique_ptr<apimall_error, FreeWith<&apimall_error_free>>;
using OwnedTask = std::unique_ptr<apimall_image_task, FreeWith<&apimall_image_task_free>>;
using OwnedGeneration = std::unique_ptr<apimall_generation, FreeWith<&apimall_generation_free>>;
using OwnedHistory = std::unique_ptr<apimall_image_history, FreeWith<&apimall_image_history_free>>;
using OwnedBalances = std::unique_ptr<apimall_account_balances, FreeWith<&apimall_account_balances_free>>;
using OwnedDownload = std::unique_ptr<apimall_download, FreeWith<&apimall_download_free>>;

/// Takes all that an event owns, so that nothing leaks whichever part of it is used.
struct OwnedEvent {
  explicit OwnedEvent(const apimall_event& event)
      : task(event.task),
        generation(event.generation),
        download(event.download),
        history(event.history),
        balances(event.balances),
        error(event.error) {}

  OwnedTask task;
  OwnedGeneration generation;
  OwnedDownload download;
  OwnedHistory history;
  OwnedBalances balances;
  OwnedError error;
};

}  // namespace apimall_python
