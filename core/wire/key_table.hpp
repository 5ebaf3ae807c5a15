// Tells which known key a JSON field has, by comparing three machine words, the most likely key first: the gateway
// writes its fields in the same order each time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/json_text.hpp"

namespace apimall::wire {

/// The longest key that a table can hold.
inline constexpr std::size_t longest_key = 24;

/// A key, prepared for comparison.
struct KeyWords {
  std::array<std::uint64_t, 3> words{};
  std::array<std::uint64_t, 3> masks{};
  std::size_t size = 0;

  constexpr KeyWords() = default;
  constexpr explicit KeyWords(std::string_view key) : size(key.size()) {
    std::array<std::array<unsigned char, 8>, 3> text{};
    std::array<std::array<unsigned char, 8>, 3> mask{};
    for (std::size_t i = 0; i < key.size(); ++i) {
      text.at(i / 8).at(i % 8) = static_cast<unsigned char>(key[i]);
      mask.at(i / 8).at(i % 8) = 0xff;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      words[i] = std::bit_cast<std::uint64_t>(text[i]);
      masks[i] = std::bit_cast<std::uint64_t>(mask[i]);
    }
  }

  /// `raw` is what follows a key's opening quote, with `longest_key + 1` readable bytes.
  bool matches(const char* raw) const {
    const auto differs = [&](std::size_t i) {
      std::uint64_t seen;
      std::memcpy(&seen, raw + 8 * i, sizeof seen);
      return ((seen ^ words[i]) & masks[i]) != 0;
    };
    if (differs(0) || raw[size] != '"') return false;
    return size <= 8 || (!differs(1) && !differs(2));
  }
};

/// The keys of one JSON object in their documented order.
template <std::size_t N>
class KeyTable {
 public:
  static constexpr unsigned none = N;

  constexpr explicit KeyTable(const std::array<std::string_view, N>& keys) {
    for (std::size_t i = 0; i < N; ++i) keys_[i] = KeyWords(keys[i]);
  }

  /// The index of a raw key, or `none`; `expected` is tried first.
  unsigned find(const char* raw, unsigned expected) const {
    if (expected < N && keys_[expected].matches(raw)) return expected;
    for (unsigned i = 0; i < N; ++i) {
      if (keys_[i].matches(raw)) return i;
    }
    return none;
  }

  /// Whether the raw key is the one at `index`.
  bool is_at(unsigned index, const char* raw) const { return keys_[index].matches(raw); }
  std::size_t size_at(unsigned index) const { return keys_[index].size; }

  /// As `find`, for a key that may be written with escapes.
  unsigned find_escaped(const char* raw, JsonTexts& texts) const {
    std::size_t size = 0;
    while (raw[size] != '"') size += raw[size] == '\\' ? 2 : 1;
    // The longest way to write one byte is `\u0041`.
    if (size > longest_key * 6 || std::memchr(raw, '\\', size) == nullptr) return none;
    const std::string_view key = texts.read({raw, size}).view;
    if (key.size() > longest_key) return none;
    std::array<char, longest_key + 1> quoted{};
    std::memcpy(quoted.data(), key.data(), key.size());
    quoted[key.size()] = '"';
    return find(quoted.data(), 0);
  }

 private:
  std::array<KeyWords, N> keys_;
};

/// Makes a table: `key_table("success", "data")`.
template <typename... Keys>
constexpr KeyTable<sizeof...(Keys)> key_table(Keys... keys) {
  return KeyTable<sizeof...(Keys)>(std::array<std::string_view, sizeof...(Keys)>{std::string_view(keys)...});
}

}  // namespace apimall::wire
