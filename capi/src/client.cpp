#include "client/client.hpp"

#include "boundary.hpp"
#include "handles.hpp"

using namespace apimall;
using namespace apimall::capi;

int32_t apimall_client_new(const apimall_config* config, apimall_client** out_client,
                           apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    preset(out_client);
    if (config == nullptr) return is_null(out_error, "config");
    if (out_client == nullptr) return is_null(out_error, "out_client");
    auto client = Client::make(config->config);
    if (!client) return fail(out_error, std::move(client.error()));
    *out_client = new apimall_client{std::move(*client)};
    return APIMALL_OK;
  });
}

int32_t apimall_client_set_log(apimall_client* client, apimall_log_callback callback,
                               void* user_data) APIMALL_NOEXCEPT {
  return guarded(nullptr, [&]() -> int32_t {
    if (client == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    if (client->client->forked()) return APIMALL_ERROR_FORKED;
    client->client->log().set_receiver(callback, user_data);
    return APIMALL_OK;
  });
}

int32_t apimall_client_stats(const apimall_client* client, apimall_stats* out_stats) APIMALL_NOEXCEPT {
  return guarded(nullptr, [&]() -> int32_t {
    if (client == nullptr || out_stats == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    if (client->client->forked()) return APIMALL_ERROR_FORKED;
    const ClientStatistics from = client->client->statistics();
    apimall_stats stats{};
    stats.requests = from.engine.requests;
    stats.responses = from.engine.responses;
    stats.polls = from.engine.polls;
    stats.rate_limited = from.engine.rate_limited;
    stats.retries = from.engine.retries;
    stats.failures = from.engine.failures;
    stats.bytes_received = from.bytes_received;
    stats.connections = from.connections;
    stats.in_flight = from.in_flight;
    stats.waits_outstanding = from.outstanding;
    stats.submissions = from.submissions;
    stats.events_delivered = from.events_delivered;
    stats.events_undelivered = from.events_undelivered;
    stats.downloads = from.engine.downloads;
    stats.download_bytes = from.engine.download_bytes;
    stats.log_lines_dropped = from.log_lines_dropped;
    return write_struct(stats, out_stats);
  });
}

int32_t apimall_client_close(apimall_client* client) APIMALL_NOEXCEPT {
  return guarded(nullptr, [&]() -> int32_t {
    if (client == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    if (client->client->forked()) return APIMALL_ERROR_FORKED;
    client->client->close();
    return APIMALL_OK;
  });
}

void apimall_client_free(apimall_client* client) APIMALL_NOEXCEPT {
  // In a forked child the thread is gone while its locks may be held: nothing of it can be taken down, so it stays.
  if (client == nullptr || client->client->forked()) return;
  guarded(nullptr, [&]() -> int32_t {
    client->client->close();
    delete client;
    return APIMALL_OK;
  });
}
