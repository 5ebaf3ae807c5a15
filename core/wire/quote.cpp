#include "wire/quote.hpp"

#include "wire/json_text.hpp"

namespace apimall::wire {
namespace {

constexpr std::string_view key_start = "sk-";

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool ends_url(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ')' || c == '\\';
}

// The length of a key that `text` starts with, or 0.
std::size_t key_length(std::string_view text) {
  if (!text.starts_with(key_start)) return 0;
  std::size_t length = key_start.size();
  while (length < text.size() && is_word_character(text[length])) ++length;
  return length >= 12 ? length : 0;
}

std::size_t url_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && !ends_url(text[length])) ++length;
  return length;
}

// C1 controls, and the marks that reorder or hide text around them.
bool is_invisible(std::string_view sequence) {
  const auto byte = [sequence](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (sequence.size() != 3) return false;
  if (byte(0) == 0xEF) return sequence == "\xEF\xBB\xBF";
  if (byte(0) != 0xE2) return false;
  return (byte(1) == 0x80 && ((byte(2) >= 0x8B && byte(2) <= 0x8F) || (byte(2) >= 0xA8 && byte(2) <= 0xAE))) ||
         (byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xAF);
}

bool is_space(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  return first <= ' ' || first == 0x7F || is_invisible(sequence);
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  constexpr std::string_view ellipsis = "…";
  std::string out;
  bool in_url = false;
  bool in_word = false;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length);
    std::string_view shown = sequence;
    std::size_t taken = length;
    if (length == 0) {
      shown = "?";
      taken = 1;
    } else if (is_space(sequence)) {
      shown = out.empty() || out.back() == ' ' ? "" : " ";
    } else if (const std::size_t key = in_word ? 0 : key_length(text); key != 0) {
      shown = "sk-…";
      taken = key;
    } else if (in_url && text[0] == '?') {
      shown = "?…";
      taken = url_length(text);
    }
    in_word = is_word_character(text[0]);
    in_url = length != 0 && !ends_url(text[0]) && (in_url || text.starts_with("://"));
    if (out.size() + shown.size() > limit) return out += ellipsis;
    out += shown;
    text.remove_prefix(taken);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string quote(std::string_view text, std::size_t limit) { return '"' + printable(text, limit) + '"'; }

}  // namespace apimall::wire
