#include "wire/json_reader.hpp"

#include <algorithm>
#include <limits>

#include "wire/json_rules.hpp"
#include "wire/response.hpp"

namespace apimall::wire {
namespace {

static_assert(body_padding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t first_capacity = 4096;
constexpr std::size_t kept_capacity = std::size_t{1} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Makes valid UTF-8 without raw control characters in texts, and changes nothing else.
std::string repair(std::string_view body) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(body.size() + body.size() / 8 + body_padding);
  bool in_text = false;
  for (std::size_t at = 0; at < body.size();) {
    const auto c = static_cast<unsigned char>(body[at]);
    const std::size_t length = utf8_length(body.substr(at));
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (in_text && c < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else if (in_text && c == '\\' && at + 1 < body.size() && (body[at + 1] == '"' || body[at + 1] == '\\')) {
      out.append(body, at, 2);
      ++at;
    } else {
      if (c == '"') in_text = !in_text;
      out.append(body, at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

JsonReader::JsonReader() = default;

simdjson::error_code JsonReader::iterate(ondemand::document& document) {
  if (parser_.capacity() > kept_capacity && json_.size() <= kept_capacity) parser_ = ondemand::parser();
  if (parser_.capacity() < json_.size()) {
    const std::size_t capacity = std::max(first_capacity, json_.size() + json_.size() / 4);
    if (const auto error = parser_.allocate(capacity); error != simdjson::SUCCESS) return error;
  }
  texts_.begin(json_);
  const simdjson::padded_string_view padded(json_.data(), json_.size(), json_.size() + body_padding);
  return parser_.iterate(padded).get(document);
}

simdjson::error_code JsonReader::open(std::string_view body, ondemand::document& document) {
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  json_ = body;
  if (repaired_.capacity() > kept_capacity) repaired_ = {};
  const auto error = iterate(document);
  if (error != simdjson::UTF8_ERROR && error != simdjson::UNESCAPED_CHARS) return error;
  repaired_ = repair(body);
  const std::size_t size = repaired_.size();
  repaired_.resize(size + body_padding, ' ');
  json_ = std::string_view(repaired_).substr(0, size);
  return iterate(document);
}

std::string_view raw_of(ondemand::value& value, JsonKind kind) {
  std::string_view raw = token_of(value);
  if (kind == JsonKind::object) {
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return {};
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return {};
  } else if (kind == JsonKind::array) {
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return {};
    if (array.raw_json().get(raw) != simdjson::SUCCESS) return {};
  }
  while (!raw.empty() && is_blank(raw.back())) raw.remove_suffix(1);
  return find_json_fault(raw).reason.empty() ? raw : std::string_view();
}

std::optional<std::int64_t> integer_of(ondemand::value& value) {
  std::string_view token = token_of(value);
  if (kind_of(token) == JsonKind::text) token = inner_of(token);
  const bool negative = token.starts_with('-');
  if (negative) token.remove_prefix(1);
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  std::uint64_t magnitude = 0;
  std::size_t at = 0;
  for (; at < token.size() && token[at] >= '0' && token[at] <= '9'; ++at) {
    const auto digit = static_cast<std::uint64_t>(token[at] - '0');
    if (magnitude > (most - digit) / 10) return std::nullopt;
    magnitude = magnitude * 10 + digit;
  }
  if (at == 0) return std::nullopt;
  token.remove_prefix(at);
  if (!token.empty()) {
    if (token[0] != '.' || token.size() == 1) return std::nullopt;
    if (token.find_first_not_of('0', 1) != std::string_view::npos) return std::nullopt;
  }
  const auto result = static_cast<std::int64_t>(magnitude);
  return negative ? -result : result;
}

}  // namespace apimall::wire
