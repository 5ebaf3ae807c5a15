#include "client/poller.hpp"

#include <algorithm>
#include <array>

#include "boundary.hpp"
#include "handles.hpp"
#include "submissions.hpp"

using namespace apimall;
using namespace apimall::capi;

namespace {

/// Moves what an event holds into handles that the caller owns.
apimall_event hand_over(engine::Event from) {
  apimall_event to{};
  to.type = static_cast<int32_t>(from.type);
  to.token = from.token;
  to.kind = static_cast<int32_t>(from.kind);
  to.code = from.error ? number(from.error->code) : APIMALL_OK;
  to.task = to_handle(std::move(from.task));
  if (auto* generation = std::get_if<std::unique_ptr<Generation>>(&from.answer))
    to.generation = to_handle(std::move(*generation));
  if (auto* download = std::get_if<std::unique_ptr<Download>>(&from.answer))
    to.download = to_handle(std::move(*download));
  if (auto* history = std::get_if<std::unique_ptr<ImageHistory>>(&from.answer))
    to.history = to_handle(std::move(*history));
  if (auto* balances = std::get_if<std::unique_ptr<AccountBalances>>(&from.answer))
    to.balances = to_handle(std::move(*balances));
  to.error = to_handle(std::move(from.error));
  return to;
}

/// Runs `body` on a poller that is there and of this process.
template <typename Body>
int32_t with(apimall_poller* poller, Body&& body) {
  return guarded(nullptr, [&]() -> int32_t {
    if (poller == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    if (poller->poller->client().forked()) return APIMALL_ERROR_FORKED;
    return body(*poller->poller);
  });
}

}  // namespace

int32_t apimall_poller_new(apimall_client* client, apimall_poller** out_poller,
                           apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    preset(out_poller);
    if (client == nullptr) return is_null(out_error, "client");
    if (out_poller == nullptr) return is_null(out_error, "out_poller");
    if (auto error = client->client->unusable()) return fail(out_error, std::move(*error));
    auto poller = Poller::make(client->client);
    if (!poller) return fail(out_error, std::move(poller.error()));
    *out_poller = new apimall_poller{std::move(*poller)};
    return APIMALL_OK;
  });
}

int32_t apimall_poller_submit(apimall_poller* poller, const apimall_submission* submission,
                              apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    if (poller == nullptr) return is_null(out_error, "poller");
    if (submission == nullptr) return is_null(out_error, "submission");
    if (auto error = poller->poller->client().unusable()) return fail(out_error, std::move(*error));
    apimall_submission known{};
    if (!read_struct(*submission, known)) {
      return fail(out_error, Code::invalid_argument,
                  "submission is not an apimall_submission of this version: check its size.");
    }
    auto timeout = read_timeout(known.timeout_ms);
    if (!timeout) return fail(out_error, std::move(timeout.error()));
    auto work = read_submission(known);
    if (!work) return fail(out_error, std::move(work.error()));
    auto error = poller->poller->submit(std::move(*work), *timeout);
    return error ? fail(out_error, std::move(*error)) : APIMALL_OK;
  });
}

int32_t apimall_poller_cancel(apimall_poller* poller, uint64_t token) APIMALL_NOEXCEPT {
  return with(poller, [&](Poller& p) {
    p.cancel(token);
    return APIMALL_OK;
  });
}

int32_t apimall_poller_next(apimall_poller* poller, apimall_event* out_events, size_t event_size, size_t capacity,
                            int64_t timeout_ms, size_t* out_count) APIMALL_NOEXCEPT {
  preset(out_count);
  return with(poller, [&](Poller& p) -> int32_t {
    if (out_count == nullptr || (out_events == nullptr && capacity > 0)) return APIMALL_ERROR_INVALID_ARGUMENT;
    if (event_size < sizeof(apimall_event) || event_size % alignof(apimall_event) != 0 || capacity == 0) {
      return APIMALL_ERROR_INVALID_ARGUMENT;
    }
    // In batches of a size that needs no allocation; the caller comes again for the rest.
    std::array<engine::Event, 64> batch;
    std::optional<std::chrono::milliseconds> timeout;
    if (timeout_ms >= 0) timeout = std::chrono::milliseconds(timeout_ms);
    size_t count = 0;
    const auto state = p.queue().next(std::span(batch).first(std::min(capacity, batch.size())), timeout, count);
    auto* at = reinterpret_cast<unsigned char*>(out_events);
    for (size_t i = 0; i < count; ++i, at += event_size) {
      apimall_event& event = *reinterpret_cast<apimall_event*>(at);
      event.size = static_cast<uint32_t>(event_size);
      write_struct(hand_over(std::move(batch[i])), &event);
    }
    *out_count = count;
    return state == EventQueue::State::closed ? APIMALL_ERROR_CLOSED : APIMALL_OK;
  });
}

int32_t apimall_poller_handle(apimall_poller* poller, intptr_t* out_handle) APIMALL_NOEXCEPT {
  preset<intptr_t>(out_handle, -1);
  return with(poller, [&](Poller& p) -> int32_t {
    if (out_handle == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    *out_handle = p.queue().handle();
    return APIMALL_OK;
  });
}

int32_t apimall_poller_set_notify(apimall_poller* poller, apimall_notify_callback callback,
                                  void* user_data) APIMALL_NOEXCEPT {
  return with(poller, [&](Poller& p) {
    p.queue().set_notify(callback, user_data);
    return APIMALL_OK;
  });
}

int32_t apimall_poller_wakeup(apimall_poller* poller) APIMALL_NOEXCEPT {
  return with(poller, [](Poller& p) {
    p.queue().wakeup();
    return APIMALL_OK;
  });
}

int32_t apimall_poller_close(apimall_poller* poller) APIMALL_NOEXCEPT {
  return with(poller, [](Poller& p) {
    p.close();
    return APIMALL_OK;
  });
}

void apimall_poller_free(apimall_poller* poller) APIMALL_NOEXCEPT {
  if (poller == nullptr || poller->poller->client().forked()) return;  // see apimall_client_free
  delete poller;
}
