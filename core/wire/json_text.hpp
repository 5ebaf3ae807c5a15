// JSON strings → texts. Lenient: what cannot be read becomes U+FFFD, because no single field may lose a whole answer.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace apimall::wire {

/// A text, and whether it is just what was meant.
struct JsonText {
  std::string_view view;
  bool exact = true;
};

/// Resolves escapes. Texts without any are handed back as they lie in the body.
class JsonTexts {
 public:
  /// Forgets the texts made so far. No more than `body.size()` bytes of JSON strings may be read until the next call.
  void begin(std::string_view body);

  /// `inner` is what stands between a JSON string's quotes, and lies in the body.
  /// The text stays until `begin`, with `ImageTaskBuilder::stride` readable bytes behind it. Lone surrogates and
  /// U+0000, which would cut the text short for readers of C strings, become U+FFFD; an escape that JSON does not know
  /// loses its backslash.
  JsonText read(std::string_view inner) { return has_escapes_ ? read_escaped(inner) : JsonText{inner}; }

  /// Whether the body has any escape.
  bool has_escapes() const { return has_escapes_; }

 private:
  JsonText read_escaped(std::string_view inner);
  void reserve();

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::size_t body_size_ = 0;
  bool has_escapes_ = false;
};

/// Writes the UTF-8 form of a code point (of U+FFFD if it is none) and gives the end.
char* write_utf8(char* out, unsigned code_point);

/// Adds `text` to `json` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& json, std::string_view text);

/// The length of the UTF-8 sequence that `text` starts with, or 0 if it is not one.
std::size_t utf8_length(std::string_view text);

}  // namespace apimall::wire
