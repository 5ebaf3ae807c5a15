// `Content-Range: bytes 100-199/200`: which bytes came, and of how many.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace apimall::net {

struct ContentRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> total;  ///< nothing for `*`
};

inline std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

inline std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == text.npos || slash == text.npos || dash > slash) return std::nullopt;
  const auto first = whole_number(text.substr(0, dash));
  const auto last = whole_number(text.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first) return std::nullopt;
  ContentRange range{*first, std::nullopt};
  if (text.substr(slash + 1) == "*") return range;
  range.total = whole_number(text.substr(slash + 1));
  if (!range.total || *range.total != *last + 1) return std::nullopt;  // we asked for all that is left
  return range;
}

}  // namespace apimall::net
