#include "client/config.hpp"

#include <algorithm>
#include <cstdlib>

#include "client/base_url.hpp"
#include "client/quantity.hpp"

namespace apimall {
namespace {

enum class Type : std::uint8_t { secret, url, duration, number, integer, choice, path, text, size };

struct Row {
  std::string_view key;
  Type type;
  std::string_view fallback;
  std::string_view min;
  std::string_view max;
  std::string_view choices;  ///< separated by commas; for other types than `choice`, words allowed beside a value
};

constexpr Row rows[] = {
#define APIMALL_SETTING(key, type, fallback, min, max, choices) {#key, Type::type, fallback, min, max, choices},
#include "client/settings_table.inc"
};

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const std::size_t comma = std::min(choices.find(','), choices.size());
    if (choices.substr(0, comma) == value) return true;
    choices.remove_prefix(std::min(comma + 1, choices.size()));
  }
  return false;
}

bool is_printable(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

std::string range(const Row& row) {
  if (!row.min.empty() && !row.max.empty()) return "from " + std::string(row.min) + " to " + std::string(row.max);
  return row.min.empty() ? std::string() : "at least " + std::string(row.min);
}

/// What may stand in place of a value that was refused.
std::string allowed(const Row& row) {
  std::string text;
  switch (row.type) {
    case Type::secret:
      return std::string(row.min) + " to " + std::string(row.max) +
             " printable ASCII characters without spaces, such as sk- and 48 hex digits";
    case Type::url:
      text = "a URL such as " + std::string(row.fallback.empty() ? "http://127.0.0.1:3128" : row.fallback);
      break;
    case Type::duration:
      text = "a duration with its unit, such as 250ms, 30s or 10min, " + range(row);
      break;
    case Type::number:
      text = "a number " + range(row);
      break;
    case Type::integer:
      text = "a whole number " + range(row);
      break;
    case Type::size:
      text = "a size in bytes, such as 65536, 64KiB or 16MiB, " + range(row);
      break;
    case Type::path:
      text = "the path of a file";
      break;
    case Type::text:
      text = "up to " + std::string(row.max) + " printable ASCII characters";
      break;
    case Type::choice:
      break;
  }
  if (!row.choices.empty()) {
    if (!text.empty()) text += ", or ";
    text += "one of: " + std::string(row.choices);
  }
  return text;
}

Error refused(const Row& row, std::string_view value, std::string_view why) {
  Error error;
  error.code = Code::invalid_setting;
  error.message = "Setting " + std::string(row.key) + ": ";
  if (row.type == Type::secret) {
    error.message += "the value (not shown, " + std::to_string(value.size()) + " bytes) is not valid";
  } else {
    // A password may stand in a URL, also in one that is refused for it.
    std::string shown = row.type == Type::url ? without_user(value).substr(0, 80) : std::string(value.substr(0, 80));
    if (!is_printable(shown)) shown = "(not printable)";
    error.message += "'" + shown + "' is not valid";
  }
  if (!why.empty()) error.message += ": " + std::string(why);
  error.message += ". Allowed: " + allowed(row) + ".";
  return error;
}

template <typename T>
bool in_range(const Row& row, T value, std::optional<T> (*parse)(std::string_view)) {
  return (row.min.empty() || value >= parse(row.min).value_or(value)) &&
         (row.max.empty() || value <= parse(row.max).value_or(value));
}

bool length_in_range(const Row& row, std::string_view text) {
  return in_range(row, static_cast<std::int64_t>(text.size()), &parse_integer);
}

using Value = std::variant<std::monostate, std::string, std::chrono::microseconds, double, std::int64_t>;

template <typename T>
Result<Value> parse_in_range(const Row& row, std::string_view text, std::optional<T> (*parse)(std::string_view)) {
  const std::optional<T> value = parse(text);
  if (!value) return refused(row, text, "");
  if (!in_range(row, *value, parse)) return refused(row, text, "it is out of range");
  return Value(*value);
}

Result<Value> parse_value(const Row& row, std::string_view text) {
  if (row.type != Type::choice && is_choice(row.choices, text)) {
    // A proxy of "none" differs from no setting: it says that the environment must not be asked.
    return row.type == Type::url ? Value(std::string()) : Value();
  }
  switch (row.type) {
    case Type::duration:
      return parse_in_range(row, text, &parse_duration);
    case Type::number:
      return parse_in_range(row, text, &parse_number);
    case Type::integer:
      return parse_in_range(row, text, &parse_integer);
    case Type::size:
      return parse_in_range(row, text, &parse_size);
    case Type::choice:
      if (!is_choice(row.choices, text)) return refused(row, text, "");
      break;
    case Type::secret:
      if (!is_printable(text) || text.find(' ') != text.npos || !length_in_range(row, text))
        return refused(row, text, "");
      break;
    case Type::text:
      if (!is_printable(text) || !length_in_range(row, text)) return refused(row, text, "");
      break;
    case Type::path:
      if (text.empty() || text.find('\0') != text.npos) return refused(row, text, "");
      break;
    case Type::url: {
      if (row.key != "base_url") {
        if (text.empty() || text.size() > 2048 || !is_printable(text)) return refused(row, text, "");
        break;
      }
      auto url = check_base_url(text);
      if (!url) return refused(row, text, url.error().message);
      return Value(std::move(*url));
    }
  }
  return Value(std::string(text));
}

}  // namespace

Config::Config() {
  for (std::size_t i = 0; i < count; ++i) {
    if (rows[i].fallback.empty()) continue;
    if (auto value = parse_value(rows[i], rows[i].fallback)) values_[i] = std::move(*value);
  }
}

std::optional<Error> Config::set(std::string_view key, std::string_view value) {
  for (std::size_t i = 0; i < count; ++i) {
    if (rows[i].key != key) continue;
    auto parsed = parse_value(rows[i], value);
    if (!parsed) return std::move(parsed.error());
    values_[i] = std::move(*parsed);
    return std::nullopt;
  }
  Error error;
  error.code = Code::invalid_setting;
  error.message = "There is no setting '" + std::string(key.substr(0, 80)) + "'. Settings are:";
  for (const Row& row : rows) error.message += " " + std::string(row.key);
  error.message += ".";
  return error;
}

std::optional<Error> Config::load_env() {
  static constexpr std::pair<const char*, std::string_view> variables[] = {
#define APIMALL_SETTING_ENVIRONMENT(key, variable) {variable, #key},
#include "client/settings_table.inc"
  };
  for (const auto& [variable, key] : variables) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): the contract says so
    if (value == nullptr || *value == '\0') continue;
    if (auto error = set(key, value)) {
      error->message = "From the environment variable " + std::string(variable) + ": " + error->message;
      return error;
    }
  }
  return std::nullopt;
}

const std::string& Config::text(Setting setting) const {
  static const std::string empty;
  const auto* held = std::get_if<std::string>(&value(setting));
  return held != nullptr ? *held : empty;
}

std::optional<std::chrono::microseconds> Config::duration(Setting setting) const {
  const auto* held = std::get_if<std::chrono::microseconds>(&value(setting));
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

std::optional<double> Config::number(Setting setting) const {
  const auto* held = std::get_if<double>(&value(setting));
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

std::int64_t Config::integer(Setting setting) const {
  const auto* held = std::get_if<std::int64_t>(&value(setting));
  return held != nullptr ? *held : 0;
}

bool Config::is_special(Setting setting) const { return std::holds_alternative<std::monostate>(value(setting)); }

}  // namespace apimall
