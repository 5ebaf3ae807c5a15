#include "net/openssl.hpp"

#include <curl/curl.h>

#include <optional>
#include <string_view>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

namespace apimall::net::openssl {
namespace {

#if defined(_WIN32)

std::optional<Functions> find_functions() { return std::nullopt; }  // libcurl has Windows's own TLS there

#else

constexpr int kind_store = 4;  // CRYPTO_EX_INDEX_X509_STORE

/// `3.0.19` out of libcurl's `OpenSSL/3.0.19`; empty for everything else, several back ends included.
std::string_view openssl_of_curl() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  const std::string_view all = info->ssl_version == nullptr ? "" : info->ssl_version;
  constexpr std::string_view name = "OpenSSL/";
  if (!all.starts_with("OpenSSL/3.") || all.find(' ') != all.npos) return {};
  return all.substr(name.size());
}

/// Looks symbols up as libcurl's own references to them are bound: in it and what it was linked with.
class Symbols {
 public:
  Symbols() {
    Dl_info curl{};
    if (dladdr(reinterpret_cast<void*>(&curl_easy_init), &curl) == 0 || curl.dli_fname == nullptr) return;
    library_ = dlopen(curl.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  }
  ~Symbols() {
    // libcurl, and with it OpenSSL, stays for as long as this code does, which is linked with it.
    if (library_ != nullptr) dlclose(library_);
  }
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  template <typename Function>
  void find(Function*& function, const char* name) {
    void* found = library_ == nullptr ? nullptr : dlsym(library_, name);
    // A main program that brings an OpenSSL of its own comes first for libcurl too, whatever it was linked with.
    void* first = dlsym(RTLD_DEFAULT, name);
    all_ = all_ && found != nullptr && (first == nullptr || first == found);
    function = reinterpret_cast<Function*>(found);
  }
  bool all() const { return all_; }

 private:
  void* library_ = nullptr;
  bool all_ = true;
};

std::optional<Functions> find_functions() {
  const std::string_view wanted = openssl_of_curl();
  if (wanted.empty()) return std::nullopt;
  Functions found{};
  Symbols symbols;
  symbols.find(found.version, "OpenSSL_version");
  symbols.find(found.ctx_get_cert_store, "SSL_CTX_get_cert_store");
  symbols.find(found.ctx_set1_cert_store, "SSL_CTX_set1_cert_store");
  symbols.find(found.store_new, "X509_STORE_new");
  symbols.find(found.store_free, "X509_STORE_free");
  symbols.find(found.store_load_locations, "X509_STORE_load_locations");
  symbols.find(found.store_add_cert, "X509_STORE_add_cert");
  symbols.find(found.store_set_flags, "X509_STORE_set_flags");
  symbols.find(found.store_get0_param, "X509_STORE_get0_param");
  symbols.find(found.param_get_flags, "X509_VERIFY_PARAM_get_flags");
  symbols.find(found.store_set_get_issuer, "X509_STORE_set_get_issuer");
  symbols.find(found.store_set_lookup_certs, "X509_STORE_set_lookup_certs");
  symbols.find(found.store_set_ex_data, "X509_STORE_set_ex_data");
  symbols.find(found.store_get_ex_data, "X509_STORE_get_ex_data");
  symbols.find(found.verification_get0_store, "X509_STORE_CTX_get0_store");
  symbols.find(found.get1_issuer, "X509_STORE_CTX_get1_issuer");
  symbols.find(found.get1_certs, "X509_STORE_CTX_get1_certs");
  symbols.find(found.get_issuer_name, "X509_get_issuer_name");
  symbols.find(found.name_get0_der, "X509_NAME_get0_der");
  symbols.find(found.d2i, "d2i_X509");
  symbols.find(found.certificate_free, "X509_free");
  symbols.find(found.set_error_mark, "ERR_set_mark");
  symbols.find(found.pop_errors_to_mark, "ERR_pop_to_mark");
  symbols.find(found.new_ex_index, "CRYPTO_get_ex_new_index");
  if (!symbols.all()) return std::nullopt;
  // "OpenSSL 3.0.19 27 Jan 2026"
  std::string_view version = found.version(0);
  constexpr std::string_view name = "OpenSSL ";
  if (!version.starts_with(name)) return std::nullopt;
  version = version.substr(name.size());
  if (version.substr(0, version.find(' ')) != wanted) return std::nullopt;
  found.ex_index = found.new_ex_index(kind_store, 0, nullptr, nullptr, nullptr, nullptr);
  if (found.ex_index < 0) return std::nullopt;
  return found;
}

#endif

}  // namespace

const Functions* functions() {
  static const std::optional<Functions> found = find_functions();
  return found ? &*found : nullptr;
}

}  // namespace apimall::net::openssl
