// Which certificate authorities to trust, looked up where the program runs and not where it was built.
//
// One file, never a directory: a file is read once for all connections of a client (see lazy_trust.hpp; else by
// libcurl, which keeps its store), but libcurl reads a directory anew for each TLS handshake, which costs some twenty
// times the CPU.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace apimall::net {

/// Where to look. The functions stand in for the process's surroundings, so that tests can make up their own.
struct CaSurroundings {
  std::function<std::optional<std::string>(const char* name)> environment;
  std::function<bool(const std::string& path)> readable_file;
  bool native_store = false;  ///< the system has a store that libcurl can ask (Windows)
};

/// The surroundings of this process.
CaSurroundings real_ca_surroundings();

struct CaBundle {
  std::string file;  ///< empty: none was found, or the native store serves
  bool native_store = false;
  std::vector<std::string> tried;  ///< one line per place, in order, with what came of it

  /// For an error's text: what is trusted, what was tried, what to do.
  std::string story() const;
};

/// In this order: the setting (used as it stands, so that a mistake in it shows), `SSL_CERT_FILE`, `CURL_CA_BUNDLE`,
/// the native store, the places of known systems, and a certifi file that the environment leads to.
CaBundle find_ca_bundle(const std::string& setting, const CaSurroundings& surroundings);

}  // namespace apimall::net
