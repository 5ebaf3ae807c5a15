// Looks at sixteen bytes of a body at a time.
#pragma once

#include <bit>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace apimall::wire {

/// How many bytes the functions below look at, and must be allowed to read.
inline constexpr std::size_t block_size = 16;

/// A byte that a JSON text cannot simply go on with: a quote, a backslash, a control character, anything beyond ASCII.
constexpr bool is_special(char c) { return c == '"' || c == '\\' || static_cast<signed char>(c) < ' '; }

#if defined(__SSE2__)

/// A bit for each of the bytes from `at` on that is special, lowest first.
inline unsigned special_bits(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  // Compared as signed numbers, what is beyond ASCII is negative.
  const __m128i outside = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), outside)));
}

/// A bit for each of the bytes from `at` on that is a space, likewise.
inline unsigned space_bits(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))));
}

#else

inline unsigned special_bits(const char* at) {
  unsigned bits = 0;
  for (unsigned i = 0; i < block_size; ++i) bits |= static_cast<unsigned>(is_special(at[i])) << i;
  return bits;
}

inline unsigned space_bits(const char* at) {
  unsigned bits = 0;
  for (unsigned i = 0; i < block_size; ++i) bits |= static_cast<unsigned>(at[i] == ' ') << i;
  return bits;
}

#endif

}  // namespace apimall::wire
