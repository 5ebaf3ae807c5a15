// Authorities and certificates made on the spot, and bundles of them.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace apimall::net::tests {

template <auto free>
struct Frees {
  template <typename T>
  void operator()(T* one) const {
    free(one);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Frees<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Frees<X509_free>>;

/// One attribute of a name; `type` is OpenSSL's `V_ASN1_*`.
struct NamePart {
  const char* field;
  std::string value;
  int type;
  bool with_last = false;  ///< in one set with the part before
};
using NameParts = std::vector<NamePart>;

/// A name of one common name.
NameParts common_name(std::string value, int type = V_ASN1_UTF8STRING);

/// A certificate with its key, that can vouch for others.
struct Party {
  Key key;
  Certificate certificate;
};

struct Wanted {
  NameParts subject;
  const Party* issuer = nullptr;  ///< none: signed by itself
  NameParts issuer_name = {};     ///< empty: the issuer's subject as it stands
  bool authority = true;
  long begins_s = -3600;
  long ends_s = 3600;
  const char* alternative_name = nullptr;
};
Party make_party(const Wanted& wanted);

std::string pem(const Party& party);
/// With what `openssl x509 -trustout` adds: trusted for servers, or rejected for them.
std::string trusted_pem(const Party& party, bool for_servers);
std::string revocation_list_pem(const Party& issuer);

}  // namespace apimall::net::tests
