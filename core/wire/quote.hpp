// Foreign text inside messages: short, printable, and without secrets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace apimall::wire {

/// How many bytes of foreign text a message may hold.
inline constexpr std::size_t quote_limit = 120;

/// At most `limit` bytes of the text, and `…` if there was more. Control characters and white space become single
/// spaces, bytes that are not UTF-8 become `?`; what looks like an API key or the query of a URL (signatures) is left
/// out.
std::string printable(std::string_view text, std::size_t limit = quote_limit);

/// The same in double quotes.
std::string quote(std::string_view text, std::size_t limit = quote_limit);

}  // namespace apimall::wire
