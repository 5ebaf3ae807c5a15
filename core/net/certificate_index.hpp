// The certificates of a PEM bundle, found by subject, with none of them parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace apimall::net {

struct CertificateIndex {
  struct Entry {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::optional<std::uint64_t> key;  ///< of its subject, see name_key.hpp
    bool taken = false;                ///< for whoever works through them
  };

  std::string der;  ///< all of them, one behind the other
  std::vector<Entry> entries;

  std::string_view at(const Entry& entry) const { return std::string_view(der).substr(entry.begin, entry.size); }
};

/// Nothing unless this is a plain bundle: `CERTIFICATE` blocks, at least one, with any text between them. What else
/// there may be in one (trust settings, revocation lists, encryption, broken blocks) only OpenSSL itself reads as
/// OpenSSL does.
std::optional<CertificateIndex> index_bundle(std::string pem);

}  // namespace apimall::net
