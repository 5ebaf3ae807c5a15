// The opaque types, and the objects of core/ that they are.
#pragma once

#include <memory>
#include <utility>

#include "apimall/apimall.h"
#include "client/client.hpp"
#include "client/config.hpp"
#include "client/poller.hpp"
#include "model/answers.hpp"
#include "model/error.hpp"
#include "model/image_task.hpp"

struct apimall_config {
  apimall::Config config;
};

struct apimall_client {
  std::shared_ptr<apimall::Client> client;
};

struct apimall_poller {
  std::unique_ptr<apimall::Poller> poller;
};

namespace apimall::capi {

// The others are core's own objects under another name, so that handing one over allocates nothing.

inline apimall_image_task* to_handle(ImageTaskRef task) {
  return reinterpret_cast<apimall_image_task*>(const_cast<ImageTask*>(task.detach()));
}
inline const ImageTask* from_handle(const apimall_image_task* task) { return reinterpret_cast<const ImageTask*>(task); }

#define APIMALL_HANDLE(Object, handle)                                                                             \
  inline handle* to_handle(std::unique_ptr<Object> object) { return reinterpret_cast<handle*>(object.release()); } \
  inline const Object* from_handle(const handle* object) { return reinterpret_cast<const Object*>(object); }       \
  inline void free_handle(handle* object) noexcept { delete reinterpret_cast<Object*>(object); }
APIMALL_HANDLE(Generation, apimall_generation)
APIMALL_HANDLE(ImageHistory, apimall_image_history)
APIMALL_HANDLE(AccountBalances, apimall_account_balances)
APIMALL_HANDLE(Download, apimall_download)
APIMALL_HANDLE(Error, apimall_error)
#undef APIMALL_HANDLE

}  // namespace apimall::capi
