// A client's settings: text keys and values, so that a new setting never changes an interface.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "model/error.hpp"

namespace apimall {

/// Every setting; the table is generated from the description, where each has its documentation.
enum class Setting : std::uint8_t {
#define APIMALL_SETTING(key, type, fallback, min, max, choices) key,
#include "client/settings_table.inc"
};

class Config {
 public:
  Config();

  /// Sets one key. The error names the key, the value (never a secret one) and what is allowed.
  std::optional<Error> set(std::string_view key, std::string_view value);

  /// Reads `APIMALL_API_KEY`, `APIMALL_BASE_URL` and `APIMALL_CA_BUNDLE` where they are set and not empty.
  std::optional<Error> load_env();

  /// Empty when not set, or set to a word such as `auto`.
  const std::string& text(Setting setting) const;
  std::optional<std::chrono::microseconds> duration(Setting setting) const;
  std::optional<double> number(Setting setting) const;
  std::int64_t integer(Setting setting) const;
  /// Whether the setting holds its special word (`auto`, `none`), or nothing at all.
  bool is_special(Setting setting) const;

 private:
  using Value = std::variant<std::monostate, std::string, std::chrono::microseconds, double, std::int64_t>;
  static constexpr std::size_t count = 0
#define APIMALL_SETTING(key, type, fallback, min, max, choices) +1
#include "client/settings_table.inc"
      ;

  const Value& value(Setting setting) const { return values_[static_cast<std::size_t>(setting)]; }

  std::array<Value, count> values_;
};

}  // namespace apimall
