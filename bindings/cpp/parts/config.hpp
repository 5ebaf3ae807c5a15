// Settings being collected.
#pragma once

#include "error.hpp"
#include "handle.hpp"

namespace apimall {

/// The settings of a client. The keys are in the C interface's reference. One thread at a time may use it.
class Config : public Handle<apimall_config, apimall_config_free> {
 public:
  /// Every setting at its default. Throws `LibraryMismatch` when the library is not the one for this header.
  Config() : Handle(make()) {}
  /// Takes over a raw config.
  explicit Config(apimall_config* raw) noexcept : Handle(raw) {}

  /// The defaults, with what the environment says: `APIMALL_API_KEY`, `APIMALL_BASE_URL`, `APIMALL_CA_BUNDLE`.
  static Config from_env() {
    Config config;
    config.load_env();
    return config;
  }
  /// Sets one setting. Throws `Error` and changes nothing when the key or the value is wrong.
  Config& set(std::string_view key, std::string_view value) {
    detail::ErrorOut error;
    // An empty view may be a null pointer, which C reads as absent rather than empty.
    const char* bytes = value.data() != nullptr ? value.data() : "";
    detail::check(apimall_config_set(get(), key.data(), key.size(), bytes, value.size(), error), error);
    return *this;
  }
  /// Sets what the environment says.
  Config& load_env() {
    detail::ErrorOut error;
    detail::check(apimall_config_load_env(get(), error), error);
    return *this;
  }

 private:
  static apimall_config* make() {
    detail::check_library();
    apimall_config* config = nullptr;
    detail::check(apimall_config_new(&config));
    return config;
  }
};

}  // namespace apimall
