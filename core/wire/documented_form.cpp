// One pass over the bytes, many at a time, without an index of the structure. It can be this simple because it may give
// up at any byte; nothing is accepted here that a full JSON parser would not accept.
//
// Every step takes the place where it begins and gives the place behind it, or null to give up. Steps may look into the
// padding behind the body: from inside the body no chain of steps gets further than it reaches before one asks for the
// end.
#include "wire/documented_form.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "wire/byte_block.hpp"

namespace apimall::wire {
namespace {

using Place = const char*;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// May end behind `end` if the padding holds spaces.
Place many_blanks(Place at, Place end) {
  while (at < end && is_blank(*at)) at += *at == ' ' ? std::countr_one(space_bits(at)) : 1;
  return at;
}

inline Place blanks(Place at, Place end) {
  if (static_cast<unsigned char>(*at) > ' ') return at;
  if (at >= end) return nullptr;
  if (*at == '\n') at += 1 + std::countr_one(space_bits(at + 1));
  return static_cast<unsigned char>(*at) > ' ' ? at : many_blanks(at, end);
}

// The blanks before a field or an element. Lines of one object are indented alike: to guess that and check the guess
// lets the processor run ahead, where counting would make it wait for the count.
class Indentation {
 public:
  /// The place behind the indentation, if that is as it was the last time; else null.
  Place usual(Place at) const { return *at == '\n' && (space_bits(at + 1) & mask_) == spaces_ ? at + line_ : nullptr; }

  Place skip(Place at, Place end) {
    if (*at != '\n') return blanks(at, end);
    const unsigned bits = space_bits(at + 1);
    if ((bits & mask_) != spaces_) [[unlikely]] {
      const auto count = static_cast<unsigned>(std::countr_one(bits));
      if (count == block_size) return blanks(at, end);
      line_ = count + 1;
      spaces_ = (1u << count) - 1;
      mask_ = spaces_ << 1 | 1;
    }
    return blanks(at + line_, end);
  }

 private:
  std::ptrdiff_t line_ = 1;  ///< a line's end, and spaces
  unsigned spaces_ = 0;      ///< a bit for each
  unsigned mask_ = 1;        ///< and one for what follows them
};

Place any_colon(Place at, Place end) {
  if (*at != ':') {
    at = blanks(at, end);
    if (at == nullptr || *at != ':') return nullptr;
  }
  return blanks(at + 1, end);
}

// The colon behind a key, with blanks around it.
inline Place colon(Place at, Place end) {
  const bool usual = at[0] == ':' && at[1] == ' ' && static_cast<unsigned char>(at[2]) > ' ';
  return usual ? at + 2 : any_colon(at, end);
}

// A text whose opening quote was taken.
inline Place text(Place at, Place end, std::string_view& value) {
  const Place start = at;
  if (at >= end) return nullptr;
  unsigned special = special_bits(at);
  while (special == 0) {
    at += block_size;
    if (at >= end) return nullptr;
    special = special_bits(at);
  }
  at += std::countr_zero(special);
  if (at >= end || *at != '"') return nullptr;
  value = {start, static_cast<std::size_t>(at - start)};
  return at + 1;
}

inline Place null_value(Place at) { return std::memcmp(at, "null", 4) == 0 ? at + 4 : nullptr; }

inline Place text_or_null(Place at, Place end, std::string_view& value) {
  return *at == '"' ? text(at + 1, end, value) : null_value(at);
}

inline Place integer_or_null(Place at, std::optional<std::int64_t>& value) {
  constexpr std::ptrdiff_t most_digits = 18;  // no number of so many digits overflows
  const Place start = at;
  std::int64_t number = 0;
  for (; *at >= '0' && *at <= '9' && at - start < most_digits; ++at) number = number * 10 + (*at - '0');
  if (at == start) return null_value(at);
  if ((*start == '0' && at - start > 1) || (*at != ',' && *at != '}' && !is_blank(*at))) return nullptr;
  value = number;
  return at;
}

// The key's opening quote, behind blanks.
Place any_key(Place at, Place end, Indentation& indentation) {
  at = indentation.skip(at, end);
  return at != nullptr && at < end && *at == '"' ? at + 1 : nullptr;
}

inline Place key(Place at, Place end, Indentation& indentation) {
  const Place quote = indentation.usual(at);
  if (quote != nullptr && quote < end && *quote == '"') return quote + 1;
  return any_key(at, end, indentation);
}

// The fields of an object whose brace was taken, each at most once and in the table's order; gives the place behind the
// closing brace. `read(index, place)` reads a value.
template <std::size_t N, typename Read>
inline Place fields_in_order(Place at, Place end, const KeyTable<N>& keys, Read read) {
  Indentation indentation;
  for (unsigned index = 0;; ++index) {
    at = key(at, end, indentation);
    if (at == nullptr) return nullptr;
    while (index < N && !keys.is_at(index, at)) ++index;
    if (index == N) return nullptr;
    at = colon(at + keys.size_at(index) + 1, end);
    if (at == nullptr) return nullptr;
    at = read(index, at);
    if (at == nullptr) return nullptr;
    if (*at != ',') {
      at = blanks(at, end);
      if (at == nullptr) return nullptr;
      if (*at == '}') return at + 1;
      if (*at != ',') return nullptr;
    }
    ++at;
  }
}

// `"…", "…"]`
Place url_list(Place at, Place end, std::vector<std::string_view>& urls) {
  at = blanks(at, end);
  if (at != nullptr && *at == ']') return at + 1;
  Indentation indentation;
  for (;;) {
    if (at == nullptr || at >= end || *at != '"') return nullptr;
    std::string_view url;
    at = text(at + 1, end, url);
    if (at == nullptr) return nullptr;
    urls.push_back(url);
    at = blanks(at, end);
    if (at == nullptr) return nullptr;
    if (*at == ']') return at + 1;
    if (*at != ',') return nullptr;
    at = indentation.skip(at + 1, end);
  }
}

constexpr auto output_keys = key_table("resultUrls");

Place output(Place at, Place end, std::vector<std::string_view>& urls) {
  if (*at != '{') return null_value(at);
  return fields_in_order(at + 1, end, output_keys, [&](unsigned, Place value) {
    return *value == '[' ? url_list(value + 1, end, urls) : nullptr;
  });
}

// Where each text of `data` goes, by its key's index; null where the value is no text.
constexpr std::array<std::string_view ImageTaskFields::*, 12> text_fields = {
    &ImageTaskFields::task_id,
    &ImageTaskFields::model,
    &ImageTaskFields::status_text,
    nullptr,
    &ImageTaskFields::primary_url,
    &ImageTaskFields::image_url,
    &ImageTaskFields::error_message,
    nullptr,
    nullptr,
    &ImageTaskFields::created_at,
    &ImageTaskFields::updated_at,
    &ImageTaskFields::completed_at,
};

Place data(Place at, Place end, TaskReading& reading) {
  if (*at != '{') return nullptr;
  return fields_in_order(at + 1, end, data_keys, [&](unsigned index, Place value) {
    if (const auto field = text_fields[index]; field != nullptr) return text_or_null(value, end, reading.fields.*field);
    if (static_cast<DataKey>(index) == DataKey::output) return output(value, end, reading.result_urls);
    const bool used = static_cast<DataKey>(index) == DataKey::credits_used;
    return integer_or_null(value, used ? reading.fields.credits_used : reading.fields.credits_refunded);
  });
}

constexpr auto root_keys = key_table("success", "data", "request_id");

Place root(Place at, Place end, TaskReading& reading) {
  at = blanks(at, end);
  if (at == nullptr || *at != '{') return nullptr;
  return fields_in_order(at + 1, end, root_keys, [&](unsigned index, Place value) {
    if (index == 1) return data(value, end, reading);
    if (index == 2) return text_or_null(value, end, reading.envelope.request_id);
    reading.envelope.success = Success::yes;
    return std::memcmp(value, "true", 4) == 0 ? value + 4 : nullptr;
  });
}

bool read(std::string_view body, TaskReading& reading) {
  const Place end = body.data() + body.size();
  Place at = body.empty() ? nullptr : root(body.data(), end, reading);
  if (at == nullptr) return false;
  while (at < end && is_blank(*at)) ++at;
  if (at != end) return false;
  return !reading.fields.task_id.empty() && !reading.fields.status_text.empty();
}

}  // namespace

bool read_documented_form(std::string_view body, TaskReading& reading) {
  if (!read(body, reading)) {
    reading.clear();
    return false;
  }
  reading.has_data = reading.status_known = reading.task_id_known = true;
  reading.finish();
  return true;
}

}  // namespace apimall::wire
