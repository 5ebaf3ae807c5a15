#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <source_location>
#include <stdexcept>

namespace apimall::net::tests {
namespace {

using Bio = std::unique_ptr<BIO, Frees<BIO_free_all>>;

void check(bool done, std::source_location where = std::source_location::current()) {
  if (!done) throw std::runtime_error("OpenSSL could not do line " + std::to_string(where.line()));
}

void fill(X509_NAME* name, const NameParts& parts) {
  for (const NamePart& part : parts) {
    check(X509_NAME_add_entry_by_txt(name, part.field, part.type,
                                     reinterpret_cast<const unsigned char*>(part.value.data()),
                                     static_cast<int>(part.value.size()), -1, part.with_last ? -1 : 0) == 1);
  }
}

void extend(X509* certificate, int kind, const char* value) {
  const std::unique_ptr<X509_EXTENSION, Frees<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string text_in(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

NameParts common_name(std::string value, int type) { return {{"CN", std::move(value), type}}; }

Party make_party(const Wanted& wanted) {
  static std::atomic<long> serial{0};
  Party party{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = party.certificate.get();
  check(party.key != nullptr && certificate != nullptr);
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.begins_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.ends_s);
  X509_set_pubkey(certificate, party.key.get());
  fill(X509_get_subject_name(certificate), wanted.subject);
  if (!wanted.issuer_name.empty()) {
    fill(X509_get_issuer_name(certificate), wanted.issuer_name);
  } else {
    X509_set_issuer_name(certificate,
                         X509_get_subject_name(wanted.issuer ? wanted.issuer->certificate.get() : certificate));
  }
  if (wanted.authority) {
    extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (wanted.alternative_name != nullptr) extend(certificate, NID_subject_alt_name, wanted.alternative_name);
  check(X509_sign(certificate, (wanted.issuer ? wanted.issuer->key : party.key).get(), EVP_sha256()) > 0);
  return party;
}

std::string pem(const Party& party) {
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(bio.get(), party.certificate.get()) == 1);
  return text_in(bio.get());
}

std::string trusted_pem(const Party& party, bool for_servers) {
  const Certificate copy(X509_dup(party.certificate.get()));
  const std::unique_ptr<ASN1_OBJECT, Frees<ASN1_OBJECT_free>> servers(OBJ_nid2obj(NID_server_auth));
  check((for_servers ? X509_add1_trust_object : X509_add1_reject_object)(copy.get(), servers.get()) == 1);
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509_AUX(bio.get(), copy.get()) == 1);
  return text_in(bio.get());
}

std::string revocation_list_pem(const Party& issuer) {
  const std::unique_ptr<X509_CRL, Frees<X509_CRL_free>> list(X509_CRL_new());
  const std::unique_ptr<ASN1_TIME, Frees<ASN1_TIME_free>> now(X509_gmtime_adj(nullptr, 0));
  X509_CRL_set_version(list.get(), 1);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  check(X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) > 0);
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509_CRL(bio.get(), list.get()) == 1);
  return text_in(bio.get());
}

}  // namespace apimall::net::tests
