// Which X.509 names may be equal, told from their DER bytes alone.
//
// OpenSSL compares names in a canonical form: case, white space, the kind of string and the order inside of a part do
// not count. A key here drops all that and a little more, so that equal names always have equal keys. Names with equal
// keys need not be equal: what is found by a key is still compared by OpenSSL.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace apimall::net {

/// The key of a `Name`. Nothing for one that is to be taken for equal to any other: what is no plain DER, and strings
/// of which only OpenSSL knows the letters.
std::optional<std::uint64_t> name_key(std::string_view name);

/// The subject of a certificate, a `Name`; nothing for what is not laid out like a certificate or has bytes behind it.
std::optional<std::string_view> subject_of(std::string_view certificate);

}  // namespace apimall::net
