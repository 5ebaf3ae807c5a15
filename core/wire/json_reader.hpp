// simdjson On-Demand, as this floor uses it: values are taken as raw tokens of the body, so that no text is copied
// before its place in the answer is known, and every field is optional.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wire/json_text.hpp"
#include "wire/key_table.hpp"

namespace apimall::wire {

namespace ondemand = simdjson::ondemand;

enum class JsonKind : std::uint8_t { text, null, object, array, other };

/// The token that a value starts with, without white space behind it.
inline std::string_view token_of(ondemand::value& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return token;
}

inline JsonKind kind_of(std::string_view token) {
  switch (token.empty() ? '\0' : token[0]) {
    case '"':
      return JsonKind::text;
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    default:
      return token == "null" ? JsonKind::null : JsonKind::other;
  }
}

/// What stands between the quotes of a text's token.
inline std::string_view inner_of(std::string_view token) {
  return token.size() >= 2 && token.back() == '"' ? token.substr(1, token.size() - 2) : token.substr(1);
}

/// A whole object or array, or a number or a truth value, as it stands in the body; nothing if it holds what JSON does
/// not allow. Consumes the value.
std::string_view raw_of(ondemand::value& value, JsonKind kind);

/// The text of a field that is not needed to know what the answer is about: null is absent (`data() == nullptr`), and
/// whatever is no text is given as its JSON.
inline std::string_view text_of(ondemand::value& value, JsonTexts& texts) {
  const std::string_view token = token_of(value);
  const JsonKind kind = kind_of(token);
  if (kind == JsonKind::text) return texts.read(inner_of(token)).view;
  if (kind == JsonKind::null) return {};
  return raw_of(value, kind);
}

/// A whole number of credits or the like, also as text or with a zero fraction; anything else (a true fraction, an
/// exponent, more than 64 bits) is nothing, because a rounded sum of money would be a wrong one.
std::optional<std::int64_t> integer_of(ondemand::value& value);

/// Calls `visit(index of its key, value)` for each field whose key `table` knows; the last of equal keys is visited
/// last.
template <typename Table, typename Visit>
simdjson::error_code for_each_field(ondemand::object object, const Table& table, JsonTexts& texts, Visit visit) {
  unsigned expected = 0;
  for (auto found : object) {
    ondemand::field field;
    if (const auto error = std::move(found).get(field); error != simdjson::SUCCESS) return error;
    unsigned index = table.find(field.key().raw(), expected);
    if (index == Table::none && texts.has_escapes()) index = table.find_escaped(field.key().raw(), texts);
    if (index == Table::none) continue;
    expected = index + 1;
    if (const auto error = visit(index, field.value()); error != simdjson::SUCCESS) return error;
  }
  return simdjson::SUCCESS;
}

/// As above, for a value: anything but an object has no fields.
template <typename Table, typename Visit>
simdjson::error_code for_each_field(ondemand::value& value, const Table& table, JsonTexts& texts, Visit visit) {
  ondemand::object object;
  if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) return error;
  return for_each_field(object, table, texts, std::move(visit));
}

/// Opens bodies one after the other, and keeps its memory between them.
class JsonReader {
 public:
  JsonReader();

  /// Starts reading `body`, which has `body_padding` readable bytes behind it. A byte order mark is passed over. A body
  /// with invalid UTF-8 or raw control characters in its texts is repaired in a copy first.
  simdjson::error_code open(std::string_view body, ondemand::document& document);
  /// The text that `open` reads: the body without its byte order mark, or the repaired copy.
  std::string_view json() const { return json_; }
  JsonTexts& texts() { return texts_; }

 private:
  simdjson::error_code iterate(ondemand::document& document);

  ondemand::parser parser_;
  JsonTexts texts_;
  std::string_view json_;
  std::string repaired_;
};

/// Whether a document whose root object was read to its end has nothing behind it.
inline bool is_at_end(ondemand::document& document) {
  const char* location = nullptr;
  return document.current_location().get(location) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace apimall::wire
