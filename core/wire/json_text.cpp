#include "wire/json_text.hpp"

#include <cstring>

#include "model/image_task_builder.hpp"

namespace apimall::wire {
namespace {

constexpr unsigned replacement = 0xFFFD;

// Four hexadecimal digits, or something above 0xFFFF.
unsigned hex4(std::string_view digits) {
  if (digits.size() < 4) return ~0u;
  unsigned value = 0;
  for (const char c : digits.substr(0, 4)) {
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!letter && (c < '0' || c > '9')) return ~0u;
    value = value * 16 + static_cast<unsigned>(letter ? (c | 0x20) - 'a' + 10 : c - '0');
  }
  return value;
}

bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

struct Escape {
  unsigned code_point;
  std::size_t length;  // in the JSON, after the backslash
  bool exact;
};

// `rest` follows `\u`.
Escape read_unicode(std::string_view rest) {
  const unsigned unit = hex4(rest);
  if (unit > 0xFFFF) return {replacement, 1, false};
  if (is_high_surrogate(unit) && rest.substr(4, 2) == "\\u") {
    const unsigned low = hex4(rest.substr(6));
    if (low <= 0xFFFF && is_low_surrogate(low)) return {0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), 11, true};
  }
  const bool exact = unit != 0 && !is_high_surrogate(unit) && !is_low_surrogate(unit);
  return {exact ? unit : replacement, 5, exact};
}

// `rest` follows the backslash and is not empty.
Escape read_escape(std::string_view rest) {
  switch (rest[0]) {
    case 'b':
      return {'\b', 1, true};
    case 'f':
      return {'\f', 1, true};
    case 'n':
      return {'\n', 1, true};
    case 'r':
      return {'\r', 1, true};
    case 't':
      return {'\t', 1, true};
    case 'u':
      return read_unicode(rest.substr(1));
    case '"':
    case '\\':
    case '/':
      return {static_cast<unsigned char>(rest[0]), 1, true};
    default:
      return {0, 0, false};  // the character after the backslash is read as itself
  }
}

}  // namespace

char* write_utf8(char* out, unsigned code_point) {
  const auto put = [&out](unsigned byte) { *out++ = static_cast<char>(byte); };
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) code_point = replacement;
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else {
    if (code_point < 0x10000) {
      put(0xE0 | code_point >> 12);
    } else {
      put(0xF0 | code_point >> 18);
      put(0x80 | (code_point >> 12 & 0x3F));
    }
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
  return out;
}

void JsonTexts::begin(std::string_view body) {
  constexpr std::size_t kept_capacity = std::size_t{1} << 20;
  used_ = 0;
  body_size_ = body.size();
  has_escapes_ = !body.empty() && std::memchr(body.data(), '\\', body.size()) != nullptr;
  if (capacity_ > kept_capacity) {
    memory_.reset();
    capacity_ = 0;
  }
}

void JsonTexts::reserve() {
  // Escapes only shrink, except that `\u` without digits (2 bytes) becomes U+FFFD (3 bytes).
  const std::size_t needed = body_size_ + body_size_ / 2 + ImageTaskBuilder::stride;
  if (capacity_ >= needed) return;
  memory_ = std::make_unique<char[]>(needed);
  capacity_ = needed;
}

JsonText JsonTexts::read_escaped(std::string_view inner) {
  std::size_t backslash = inner.find('\\');
  if (backslash == std::string_view::npos) return {inner};
  if (used_ == 0) reserve();
  char* const text = memory_.get() + used_;
  char* out = text;
  bool exact = true;
  while (backslash != std::string_view::npos) {
    std::memcpy(out, inner.data(), backslash);
    out += backslash;
    inner.remove_prefix(backslash + 1);
    if (inner.empty()) break;
    const Escape escape = read_escape(inner);
    exact = exact && escape.exact;
    if (escape.length != 0) out = write_utf8(out, escape.code_point);
    inner.remove_prefix(escape.length);
    backslash = inner.find('\\');
  }
  std::memcpy(out, inner.data(), inner.size());
  out += inner.size();
  used_ = static_cast<std::size_t>(out - memory_.get());
  return {{text, static_cast<std::size_t>(out - text)}, exact};
}

std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [byte](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first < 0xF5) {
    const bool out_of_range = (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90);
    return follows(1) && follows(2) && follows(3) && !out_of_range ? 4 : 0;
  }
  return 0;
}

void append_json_string(std::string& json, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  json += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      json += "\xEF\xBF\xBD";
    } else if (first < 0x20) {
      json += "\\u00";
      json += digits[first >> 4];
      json += digits[first & 15];
    } else {
      if (first == '"' || first == '\\') json += '\\';
      json.append(text, 0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json += '"';
}

}  // namespace apimall::wire
