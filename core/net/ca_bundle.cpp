#include "net/ca_bundle.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net/utf8_path.hpp"

namespace apimall::net {
namespace {

constexpr const char* known_places[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Gentoo, Arch, Alpine with ca-certificates
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL, Fedora, CentOS
    "/etc/pki/tls/certs/ca-bundle.crt",                   // the same, older
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/var/lib/ca-certificates/ca-bundle.pem",             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine, macOS, FreeBSD, OpenBSD
    "/usr/local/etc/ssl/cert.pem",                        // FreeBSD
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD
    "/etc/openssl/certs/ca-certificates.crt",             // NetBSD
    "/opt/homebrew/etc/ca-certificates/cert.pem",         // Homebrew
    "/opt/homebrew/etc/openssl@3/cert.pem",               // Homebrew
    "/usr/local/etc/ca-certificates/cert.pem",            // Homebrew on Intel
    "/usr/local/etc/openssl@3/cert.pem",                  // Homebrew on Intel
    "/opt/local/etc/openssl/cert.pem",                    // MacPorts
    "/data/data/com.termux/files/usr/etc/tls/cert.pem",   // Termux
    "/run/current-system/profile/etc/ssl/certs/ca-certificates.crt",  // Guix
    "/etc/ssl/certs/ca-bundle.crt",                                   // NixOS
};

class Search {
 public:
  Search(const CaSurroundings& surroundings, CaBundle& bundle) : surroundings_(surroundings), bundle_(bundle) {}

  bool take(const std::string& path, const std::string& because) {
    const bool readable = surroundings_.readable_file(path);
    bundle_.tried.push_back(path + because + (readable ? "" : ": not a readable file"));
    if (readable) bundle_.file = path;
    return readable;
  }

  bool take_from(const char* name) {
    const auto value = surroundings_.environment(name);
    return value && !value->empty() && take(*value, std::string(" (") + name + ")");
  }

  /// Silent about what is not there: these places exist for few people, and would bury the others.
  bool take_silently(const std::string& path, const std::string& because) {
    return surroundings_.readable_file(path) && take(path, because);
  }

  bool take_certifi() {
    if (take_from("REQUESTS_CA_BUNDLE")) return true;
    if (const auto conda = surroundings_.environment("CONDA_PREFIX"); conda && !conda->empty()) {
      if (take_silently(*conda + "/ssl/cacert.pem", " (CONDA_PREFIX)")) return true;
    }
    const auto venv = surroundings_.environment("VIRTUAL_ENV");
    if (!venv || venv->empty()) return false;
    if (take_silently(*venv + "/Lib/site-packages/certifi/cacert.pem", " (VIRTUAL_ENV)")) return true;
    for (int minor = 20; minor >= 8; --minor) {
      const std::string path = *venv + "/lib/python3." + std::to_string(minor) + "/site-packages/certifi/cacert.pem";
      if (take_silently(path, " (VIRTUAL_ENV)")) return true;
    }
    return false;
  }

 private:
  const CaSurroundings& surroundings_;
  CaBundle& bundle_;
};

}  // namespace

CaSurroundings real_ca_surroundings() {
  CaSurroundings real;
  real.environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  real.readable_file = [](const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path_of(path), error)) return false;
    return std::ifstream(path_of(path)).good();
  };
#if defined(_WIN32)
  real.native_store = true;
#endif
  return real;
}

CaBundle find_ca_bundle(const std::string& setting, const CaSurroundings& surroundings) {
  CaBundle bundle;
  Search search(surroundings, bundle);
  if (!setting.empty()) {
    search.take(setting, " (the ca_bundle setting)");
    bundle.file = setting;
    return bundle;
  }
  if (search.take_from("SSL_CERT_FILE") || search.take_from("CURL_CA_BUNDLE")) return bundle;
  if (surroundings.native_store) {
    bundle.native_store = true;
    bundle.tried.emplace_back("the system's certificate store");
    return bundle;
  }
  for (const char* place : known_places) {
    if (search.take(place, "")) return bundle;
  }
  search.take_certifi();
  return bundle;
}

std::string CaBundle::story() const {
  std::string text = "Certificate authorities: ";
  if (native_store) {
    text += "the system's store";
  } else if (file.empty()) {
    text += "no file found";
  } else {
    text += file;
  }
  text += "; tried ";
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (i != 0) text += ", ";
    text += tried[i];
  }
  if (tried.empty()) text += "nothing";
  text +=
      ". If a proxy or a private authority signs this host's certificate, name its PEM file in the ca_bundle setting "
      "or in SSL_CERT_FILE; if no file was found, install the system's ca-certificates package.";
  return text;
}

}  // namespace apimall::net
