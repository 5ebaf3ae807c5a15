#include "client/config.hpp"

#include "boundary.hpp"
#include "handles.hpp"

using namespace apimall;
using namespace apimall::capi;

int32_t apimall_config_new(apimall_config** out_config) APIMALL_NOEXCEPT {
  return guarded(nullptr, [&]() -> int32_t {
    preset(out_config);
    if (out_config == nullptr) return APIMALL_ERROR_INVALID_ARGUMENT;
    *out_config = new apimall_config();
    return APIMALL_OK;
  });
}

int32_t apimall_config_set(apimall_config* config, const char* key, size_t key_len, const char* value, size_t value_len,
                           apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    if (config == nullptr) return is_null(out_error, "config");
    if (key == nullptr) return is_null(out_error, "key");
    if (value == nullptr) return is_null(out_error, "value");
    auto error = config->config.set(text(key, key_len), text(value, value_len));
    return error ? fail(out_error, std::move(*error)) : APIMALL_OK;
  });
}

int32_t apimall_config_load_env(apimall_config* config, apimall_error** out_error) APIMALL_NOEXCEPT {
  return guarded(out_error, [&]() -> int32_t {
    if (config == nullptr) return is_null(out_error, "config");
    auto error = config->config.load_env();
    return error ? fail(out_error, std::move(*error)) : APIMALL_OK;
  });
}

void apimall_config_free(apimall_config* config) APIMALL_NOEXCEPT { delete config; }
