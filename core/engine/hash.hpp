// Hashes for the engine's own tables. Seeded by nothing: an id that collides costs a comparison, and ids are the
// gateway's.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace apimall::engine {

/// Spreads the bits of a number (the finalizer of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  x ^= x >> 31;
  return x;
}

/// Eight bytes a step; ids are some thirty bytes long.
inline std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size() * 0x9e3779b97f4a7c15u;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    hash = mix(hash ^ word) + 0x9e3779b97f4a7c15u;
  }
  if (left > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    hash = mix(hash ^ word);
  }
  return mix(hash);
}

}  // namespace apimall::engine
