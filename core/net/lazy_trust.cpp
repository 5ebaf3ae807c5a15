#include "net/lazy_trust.hpp"

#include <new>
#include <utility>

#include "net/certificate_index.hpp"
#include "net/name_key.hpp"
#include "net/openssl.hpp"

namespace apimall::net {
namespace {

/// For how long a bundle serves that can no longer be read; as long as libcurl's own stores.
constexpr std::chrono::hours longest_unread{24};
/// Several times the largest bundle there is.
constexpr std::size_t largest_bundle = 16u << 20;

/// Leaves no errors in OpenSSL's queue: libcurl would take the first one for the reason of a failed handshake.
class ErrorsForgotten {
 public:
  explicit ErrorsForgotten(const openssl::Functions& functions) : ssl_(functions) { ssl_.set_error_mark(); }
  ~ErrorsForgotten() { ssl_.pop_errors_to_mark(); }
  ErrorsForgotten(const ErrorsForgotten&) = delete;
  ErrorsForgotten& operator=(const ErrorsForgotten&) = delete;

 private:
  const openssl::Functions& ssl_;
};

}  // namespace

/// A store, and the certificates that it does not have yet.
class LazyTrust::Contents {
 public:
  Contents(const openssl::Functions& functions, CertificateIndex index)
      : ssl_(functions), index_(std::move(index)), store_(functions.store_new()) {
    if (store_ == nullptr) throw std::bad_alloc();
    if (ssl_.store_set_ex_data(store_, ssl_.ex_index, this) != 1) {
      ssl_.store_free(store_);
      throw std::bad_alloc();
    }
    ssl_.store_set_get_issuer(store_, &get_issuer);
    ssl_.store_set_lookup_certs(store_, &lookup_certs);
  }
  ~Contents() {
    // A handshake under way may still use the store, which then has to do without us.
    take_all();
    ssl_.store_set_ex_data(store_, ssl_.ex_index, nullptr);
    ssl_.store_free(store_);
  }
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;

  openssl::Store* store() const { return store_; }
  std::size_t parsed() const { return parsed_; }
  /// Has OpenSSL read the whole file.
  bool load_usually(const std::string& file) {
    const ErrorsForgotten forgotten(ssl_);
    return ssl_.store_load_locations(store_, file.c_str(), nullptr) == 1;
  }
  /// Nothing is left to be parsed, and nobody will be asked: for the end of the last connection.
  void forget() { index_.entries.clear(); }

 private:
  bool take(CertificateIndex::Entry& entry) {
    if (entry.taken) return true;
    const ErrorsForgotten forgotten(ssl_);
    const std::string_view der = index_.at(entry);
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    openssl::Certificate* certificate = ssl_.d2i(nullptr, &bytes, static_cast<long>(der.size()));
    entry.taken = certificate != nullptr && ssl_.store_add_cert(store_, certificate) == 1;
    ssl_.certificate_free(certificate);
    parsed_ += entry.taken;
    return entry.taken;
  }

  bool take_all() {
    bool all = true;
    for (CertificateIndex::Entry& entry : index_.entries) all = take(entry) && all;
    return all;
  }

  /// Adds what may have this name; false when one of them cannot be parsed.
  bool take_named(const openssl::Name* name) {
    const unsigned char* bytes = nullptr;
    std::size_t size = 0;
    if (name == nullptr || ssl_.name_get0_der(name, &bytes, &size) != 1) return false;
    const auto key = name_key({reinterpret_cast<const char*>(bytes), size});
    if (!key) return take_all();
    bool all = true;
    for (CertificateIndex::Entry& entry : index_.entries) {
      if (!entry.key || *entry.key == *key) all = take(entry) && all;
    }
    return all;
  }

  static bool prepare(const openssl::Functions& ssl, openssl::Verification* verification, const openssl::Name* name) {
    auto* self = static_cast<Contents*>(ssl.store_get_ex_data(ssl.verification_get0_store(verification), ssl.ex_index));
    return self == nullptr || self->take_named(name);
  }

  // From OpenSSL, in place of what it does by itself and does after this.
  static int get_issuer(openssl::Certificate** issuer, openssl::Verification* verification,
                        openssl::Certificate* certificate) noexcept {
    const openssl::Functions& ssl = *openssl::functions();
    if (!prepare(ssl, verification, ssl.get_issuer_name(certificate))) return -1;
    return ssl.get1_issuer(issuer, verification, certificate);
  }
  static openssl::Certificates* lookup_certs(openssl::Verification* verification, const openssl::Name* name) noexcept {
    const openssl::Functions& ssl = *openssl::functions();
    return prepare(ssl, verification, name) ? ssl.get1_certs(verification, name) : nullptr;
  }

  const openssl::Functions& ssl_;
  CertificateIndex index_;
  openssl::Store* store_;
  std::size_t parsed_ = 0;
};

LazyTrust::LazyTrust(std::string file, FileState state, std::unique_ptr<Contents> contents)
    : file_(std::move(file)),
      state_(state),
      contents_(std::move(contents)),
      vouched_for_(std::chrono::steady_clock::now()) {}

LazyTrust::~LazyTrust() { contents_->forget(); }

std::unique_ptr<LazyTrust> LazyTrust::open(const std::string& file) {
  const openssl::Functions* ssl = openssl::functions();
  if (ssl == nullptr) return nullptr;
  auto read = read_bundle_file(file, largest_bundle);
  if (!read) return nullptr;
  auto index = index_bundle(std::move(read->bytes));
  if (!index) return nullptr;
  return std::unique_ptr<LazyTrust>(
      new LazyTrust(file, read->state, std::make_unique<Contents>(*ssl, std::move(*index))));
}

/// False when there is nothing to trust any more.
bool LazyTrust::refresh() {
  const auto now = std::chrono::steady_clock::now();
  const auto state = bundle_file_state(file_);
  if (state && *state == state_) {
    vouched_for_ = now;
    return true;
  }
  const openssl::Functions& ssl = *openssl::functions();
  if (auto read = read_bundle_file(file_, largest_bundle)) {
    auto index = index_bundle(std::move(read->bytes));
    auto fresh = std::make_unique<Contents>(ssl, index ? std::move(*index) : CertificateIndex());
    if (index || fresh->load_usually(file_)) {
      contents_ = std::move(fresh);
      state_ = read->state;
      vouched_for_ = now;
      return true;
    }
  }
  return now - vouched_for_ < longest_unread;
}

CURLcode LazyTrust::serve(void* ssl_context) noexcept {
  try {
    if (!refresh()) return CURLE_SSL_CACERT_BADFILE;
  } catch (const std::exception&) {
    return CURLE_OUT_OF_MEMORY;
  }
  const openssl::Functions& ssl = *openssl::functions();
  auto* context = static_cast<openssl::Context*>(ssl_context);
  // What libcurl has set on the store it made: how chains are built, and not which certificates are trusted.
  const unsigned long flags = ssl.param_get_flags(ssl.store_get0_param(ssl.ctx_get_cert_store(context)));
  if (ssl.store_set_flags(contents_->store(), flags) != 1) return CURLE_OUT_OF_MEMORY;
  ssl.ctx_set1_cert_store(context, contents_->store());
  return CURLE_OK;
}

CURLcode LazyTrust::on_context(CURL*, void* ssl_context, void* self) noexcept {
  return static_cast<LazyTrust*>(self)->serve(ssl_context);
}

std::size_t LazyTrust::parsed() const { return contents_->parsed(); }

}  // namespace apimall::net
