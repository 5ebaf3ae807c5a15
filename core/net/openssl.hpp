// The few functions of OpenSSL that `LazyTrust` calls, out of the very library that libcurl uses.
//
// They are looked up at run time and not linked: a program may hold several OpenSSLs (Python's, a wheel's, one linked
// into the main program), and libcurl may have been built with quite another TLS library. A link would only say which
// one this library was built beside; handing one OpenSSL the objects of another would be the end of the process.
#pragma once

#include <cstddef>
#include <cstdint>

namespace apimall::net::openssl {

// What OpenSSL's own headers declare; none of it is looked into.
struct Certificate;   ///< X509
struct Name;          ///< X509_NAME
struct Store;         ///< X509_STORE
struct Verification;  ///< X509_STORE_CTX
struct Parameters;    ///< X509_VERIFY_PARAM
struct Certificates;  ///< STACK_OF(X509)
struct Context;       ///< SSL_CTX

using GetIssuer = int(Certificate** issuer, Verification*, Certificate*);
using LookupCertificates = Certificates*(Verification*, const Name*);

struct Functions {
  const char* (*version)(int);
  Store* (*ctx_get_cert_store)(const Context*);
  void (*ctx_set1_cert_store)(Context*, Store*);
  Store* (*store_new)();
  void (*store_free)(Store*);
  int (*store_load_locations)(Store*, const char* file, const char* folder);
  int (*store_add_cert)(Store*, Certificate*);
  int (*store_set_flags)(Store*, unsigned long);
  Parameters* (*store_get0_param)(const Store*);
  unsigned long (*param_get_flags)(const Parameters*);
  void (*store_set_get_issuer)(Store*, GetIssuer*);
  void (*store_set_lookup_certs)(Store*, LookupCertificates*);
  int (*store_set_ex_data)(Store*, int index, void*);
  void* (*store_get_ex_data)(const Store*, int index);
  Store* (*verification_get0_store)(const Verification*);
  GetIssuer* get1_issuer;
  LookupCertificates* get1_certs;
  Name* (*get_issuer_name)(const Certificate*);
  int (*name_get0_der)(const Name*, const unsigned char** bytes, std::size_t* size);
  Certificate* (*d2i)(Certificate**, const unsigned char** bytes, long size);
  void (*certificate_free)(Certificate*);
  int (*set_error_mark)();
  int (*pop_errors_to_mark)();
  int (*new_ex_index)(int kind, long, void*, void*, void*, void*);

  int ex_index = -1;  ///< where our stores have what belongs to them
};

/// Nothing unless libcurl uses an OpenSSL 3 whose functions can be told for certain; then the usual way is to be taken.
const Functions* functions();

}  // namespace apimall::net::openssl
