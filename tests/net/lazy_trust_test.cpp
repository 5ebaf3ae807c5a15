// The lazy store's verdicts beside those of OpenSSL's usual one, on the same bundle and the same chain.
#include "net/lazy_trust.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <random>

#include "certificates.hpp"
#include "net/certificate_index.hpp"
#include "net/name_key.hpp"
#include "temporary_folder.hpp"
#include "transport_fixture.hpp"

namespace apimall::net::tests {
namespace {

using Context = std::unique_ptr<SSL_CTX, Frees<SSL_CTX_free>>;
using Store = std::unique_ptr<X509_STORE, Frees<X509_STORE_free>>;
using Verification = std::unique_ptr<X509_STORE_CTX, Frees<X509_STORE_CTX_free>>;
struct FreesStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreesStack>;

/// What libcurl sets on each store.
constexpr unsigned long flags = X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN;
constexpr int unreadable = -1;

struct Chain {
  const Party* leaf;
  std::vector<const Party*> between = {};
  const char* host = nullptr;
};

/// Leaves in OpenSSL's queue what libcurl would find there.
int verdict(X509_STORE* store, const Chain& chain) {
  ERR_clear_error();
  const Stack between(sk_X509_new_null());
  for (const Party* one : chain.between) sk_X509_push(between.get(), one->certificate.get());
  const Verification verification(X509_STORE_CTX_new());
  REQUIRE(X509_STORE_CTX_init(verification.get(), store, chain.leaf->certificate.get(), between.get()) == 1);
  REQUIRE(X509_STORE_CTX_set_default(verification.get(), "ssl_server") == 1);
  if (chain.host != nullptr) {
    REQUIRE(X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(verification.get()), chain.host, 0) == 1);
  }
  const bool good = X509_verify_cert(verification.get()) == 1;
  const int error = X509_STORE_CTX_get_error(verification.get());
  CHECK(good == (error == X509_V_OK));
  return error;
}

int usual_verdict(const std::string& file, const Chain& chain) {
  const Store store(X509_STORE_new());
  X509_STORE_set_flags(store.get(), flags);
  const bool loaded = X509_STORE_load_locations(store.get(), file.c_str(), nullptr) == 1;
  return loaded ? verdict(store.get(), chain) : unreadable;
}

int lazy_verdict(LazyTrust& trust, const Chain& chain) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context.get()), flags);
  ERR_clear_error();
  REQUIRE(trust.serve(context.get()) == CURLE_OK);
  CHECK(ERR_peek_error() == 0);
  return verdict(SSL_CTX_get_cert_store(context.get()), chain);
}

struct Bundle {
  explicit Bundle(const std::string& text) : file(folder / "ca.pem") { write(text); }
  void write(const std::string& text) const { std::ofstream(file, std::ios::binary | std::ios::trunc) << text; }
  /// The verdict of both, which must be the same.
  int both(const Chain& chain) const {
    const int usual = usual_verdict(file, chain);
    const unsigned long first_error = ERR_peek_error();
    const auto trust = LazyTrust::open(file);
    REQUIRE(trust != nullptr);
    CHECK(lazy_verdict(*trust, chain) == usual);
    CHECK(ERR_peek_error() == first_error);
    return usual;
  }
  /// Whether this is left to libcurl.
  bool left_alone() const { return LazyTrust::open(file) == nullptr; }

  TemporaryFolder folder;
  std::string file;
};

Party root(NameParts subject) { return make_party({std::move(subject)}); }
Party leaf_of(const Party& issuer, NameParts issuer_name = {}) {
  return make_party({common_name("leaf"), &issuer, std::move(issuer_name), false, -3600, 3600, "DNS:a.example"});
}

std::string others(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += pem(root(common_name("other " + std::to_string(i))));
  return text;
}

/// Elsewhere there is nothing to compare: libcurl loads all bundles.
bool curl_uses_openssl_3() {
  return std::string_view(curl_version_info(CURLVERSION_NOW)->ssl_version).starts_with("OpenSSL/3.");
}

TEST_SUITE_BEGIN("lazy trust" * doctest::skip(!curl_uses_openssl_3()));

TEST_CASE("lazy trust: chains are judged as by the usual store") {
  const Party authority = root(common_name("The Root"));
  const Party between = make_party({common_name("Between"), &authority});
  const Party leaf = leaf_of(between);
  const Bundle bundle(others(3) + pem(authority) + others(2));
  CHECK(bundle.both({&leaf, {&between}}) == X509_V_OK);
  CHECK(bundle.both({&leaf, {&between}, "a.example"}) == X509_V_OK);
  CHECK(bundle.both({&leaf, {&between}, "b.example"}) == X509_V_ERR_HOSTNAME_MISMATCH);
  CHECK(bundle.both({&leaf}) == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  const Party stranger = root(common_name("Stranger"));
  const Party its_leaf = leaf_of(stranger);
  CHECK(bundle.both({&its_leaf}) == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  CHECK(bundle.both({&its_leaf, {&stranger}}) == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
  CHECK(bundle.both({&stranger}) == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

TEST_CASE("lazy trust: an authority of the same name with another key vouches for nothing") {
  const Party authority = root(common_name("The Root"));
  const Party impostor = root(common_name("The Root"));
  const Party leaf = leaf_of(impostor);
  const Bundle bundle(pem(authority));
  CHECK(bundle.both({&leaf}) != X509_V_OK);
  CHECK(bundle.both({&leaf, {&impostor}}) != X509_V_OK);
}

TEST_CASE("lazy trust: what is no authority, has ended or not begun vouches for nothing") {
  const Party ended = make_party({common_name("Ended"), nullptr, {}, true, -7200, -3600});
  const Party not_begun = make_party({common_name("Not begun"), nullptr, {}, true, 3600, 7200});
  const Party plain = make_party({common_name("Plain"), nullptr, {}, false});
  const Bundle bundle(pem(ended) + pem(not_begun) + pem(plain));
  const Party a = leaf_of(ended);
  const Party b = leaf_of(not_begun);
  const Party c = leaf_of(plain);
  CHECK(bundle.both({&a}) == X509_V_ERR_CERT_HAS_EXPIRED);
  CHECK(bundle.both({&b}) == X509_V_ERR_CERT_NOT_YET_VALID);
  CHECK(bundle.both({&c}) == X509_V_ERR_INVALID_CA);
}

TEST_CASE("lazy trust: a trusted leaf and a trusted link of the chain are enough, as libcurl has it") {
  const Party authority = root(common_name("The Root"));
  const Party between = make_party({common_name("Between"), &authority});
  const Party leaf = leaf_of(between);
  CHECK(Bundle(pem(between)).both({&leaf}) == X509_V_OK);
  CHECK(Bundle(pem(leaf)).both({&leaf}) == X509_V_OK);
}

TEST_CASE("lazy trust: of several authorities with one subject each is found") {
  const Party first = root(common_name("Same"));
  const Party second = root(common_name("Same"));
  const Party ended = make_party({common_name("Same"), nullptr, {}, true, -7200, -3600});
  const Party of_first = leaf_of(first);
  const Party of_second = leaf_of(second);
  for (const std::string& text : {pem(first) + pem(second), pem(second) + pem(first),
                                  pem(ended) + pem(second) + others(2) + pem(first), pem(first) + pem(first)}) {
    const Bundle bundle(text);
    bundle.both({&of_first});  // which of them OpenSSL takes is its affair
    bundle.both({&of_second});
  }
}

TEST_CASE("lazy trust: names that OpenSSL takes for the same are found however they are written") {
  const auto bmp = [](std::string_view text) {
    std::string wide;
    for (const char c : text) wide.append(1, '\0').append(1, c);
    return wide;
  };
  const NameParts plain{{"O", "Acme Trust", V_ASN1_UTF8STRING}, {"CN", "Root 1", V_ASN1_UTF8STRING}};
  const std::vector<NameParts> same{
      {{"O", "ACME trust", V_ASN1_UTF8STRING}, {"CN", "root 1", V_ASN1_UTF8STRING}},
      {{"O", "  Acme \t  Trust ", V_ASN1_UTF8STRING}, {"CN", "Root   1", V_ASN1_UTF8STRING}},
      {{"O", "Acme Trust", V_ASN1_PRINTABLESTRING}, {"CN", "Root 1", V_ASN1_IA5STRING}},
      {{"O", "Acme Trust", V_ASN1_T61STRING}, {"CN", "Root 1", V_ASN1_PRINTABLESTRING}},
      {{"O", bmp("acme trust"), V_ASN1_BMPSTRING}, {"CN", "Root 1", V_ASN1_UTF8STRING}},
  };
  for (const NameParts& one : same) {
    const Party written_plainly = root(plain);
    const Party written_so = root(one);
    const Party a = leaf_of(written_plainly, one);
    const Party b = leaf_of(written_so, plain);
    CHECK(Bundle(others(2) + pem(written_plainly)).both({&a}) == X509_V_OK);
    CHECK(Bundle(others(2) + pem(written_so)).both({&b}) == X509_V_OK);
  }
  const NameParts latin{{"CN", "R\xf6\xf6t", V_ASN1_T61STRING}};
  const NameParts utf8{{"CN", "R\xc3\xb6\xc3\xb6t", V_ASN1_UTF8STRING}};
  const Party in_latin = root(latin);
  const Party in_utf8 = root(utf8);
  const Party a = leaf_of(in_latin, utf8);
  const Party b = leaf_of(in_utf8, latin);
  CHECK(Bundle(pem(in_latin)).both({&a}) == X509_V_OK);
  CHECK(Bundle(pem(in_utf8)).both({&b}) == X509_V_OK);
  const NameParts together{{"O", "Acme", V_ASN1_UTF8STRING}, {"CN", "Root", V_ASN1_UTF8STRING, true}};
  const NameParts reversed{{"CN", "Root", V_ASN1_UTF8STRING}, {"O", "Acme", V_ASN1_UTF8STRING, true}};
  const Party in_one_set = root(together);
  const Party c = leaf_of(in_one_set, reversed);
  CHECK(Bundle(pem(in_one_set)).both({&c}) == X509_V_OK);
}

TEST_CASE("lazy trust: any mixture of names and signers is judged as by the usual store") {
  std::mt19937 random(20260101);
  const auto below = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  const int types[] = {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_T61STRING, V_ASN1_IA5STRING};
  const auto name = [&] {
    const char* texts[] = {"root", "Root", " ROOT", "r oot", "Ro  ot", "other", ""};
    NameParts parts = common_name(texts[below(6)], types[below(4)]);
    if (below(3) == 0) parts.push_back({"O", texts[below(6)], types[below(4)], below(2) == 0});
    return parts;
  };
  int accepted = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Party> parties;
    for (int i = 0; i < 5; ++i) {
      const bool again = !parties.empty() && below(2) == 0;
      const Party* issuer = again ? &parties[random() % parties.size()] : nullptr;
      parties.push_back(make_party({name(), issuer, {}, below(5) != 0, -3600, below(6) == 0 ? -60 : 3600}));
    }
    std::string text;
    for (const Party& party : parties) {
      if (below(2) == 0) text += pem(party);
    }
    const Bundle bundle(text + others(1));
    for (const Party& party : parties) {
      Chain chain{&party};
      for (const Party& one : parties) {
        if (below(3) == 0) chain.between.push_back(&one);
      }
      const Party leaf = leaf_of(party, below(2) == 0 ? name() : NameParts());
      accepted += bundle.both(chain) == X509_V_OK;
      chain.leaf = &leaf;
      accepted += bundle.both(chain) == X509_V_OK;
    }
  }
  CHECK(accepted > 60);  // of 600: the comparison means something
}

TEST_CASE("lazy trust: text around the certificates, line ends and blanks do not matter") {
  const Party authority = root(common_name("The Root"));
  const Party leaf = leaf_of(authority);
  const std::string plain = others(1) + pem(authority);
  std::string carriage;
  std::string blanks;
  for (const char c : plain) {
    carriage += c == '\n' ? "\r\n" : std::string(1, c);
    blanks += c == '\n' ? "  \n" : std::string(1, c);
  }
  CHECK(Bundle(carriage).both({&leaf}) == X509_V_OK);
  CHECK(Bundle(blanks).both({&leaf}) == X509_V_OK);
  CHECK(Bundle("# A bundle\n=====\n\n" + plain + "\nThe end").both({&leaf}) == X509_V_OK);
  CHECK(Bundle(plain.substr(0, plain.size() - 1)).both({&leaf}) == X509_V_OK);  // without the last line's end
}

TEST_CASE("lazy trust: whatever is no plain bundle is left to libcurl") {
  const Party authority = root(common_name("The Root"));
  const std::string plain = pem(authority);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = plain;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string body = plain.substr(plain.find('\n') + 1, 64);
  for (const std::string& text : {
           std::string(),
           std::string("no certificates here\n"),
           plain + trusted_pem(authority, true),
           plain + trusted_pem(authority, false),
           plain + revocation_list_pem(authority),
           plain + plain.substr(0, plain.size() - 2),  // truncated by one byte, beside the line's end
           plain + plain.substr(0, plain.size() / 2),
           plain + plain.substr(0, 30),
           changed("-----BEGIN CERTIFICATE", "-----BEGIN X509 CERTIFICATE"),
           changed("-----BEGIN CERTIFICATE", " -----BEGIN CERTIFICATE"),
           changed("-----END CERTIFICATE-----\n", ""),
           changed(body, body.substr(0, 63)),
           changed(body, body.substr(0, 60)),
           changed(body, body.substr(0, 63) + "-"),
           changed(body, "Proc-Type: 4,ENCRYPTED\n\n" + body),
           changed(body, body + "\n"),
           changed(body + "\n", ""),
           plain + std::string(300, 'x') + "\n",
           plain + std::string(1, '\0'),
       }) {
    CHECK(Bundle(text).left_alone());
  }
  CHECK(LazyTrust::open("/nowhere/ca.pem") == nullptr);
  CHECK(LazyTrust::open("/") == nullptr);
  CHECK(LazyTrust::open("") == nullptr);
}

TEST_CASE("lazy trust: a certificate that only looks like one vouches for nothing, and spoils those of its name") {
  const Party authority = root(common_name("The Root"));
  const Party leaf = leaf_of(authority);
  unsigned char* der = nullptr;
  const int size = i2d_X509(authority.certificate.get(), &der);
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  const std::size_t key_type = bytes.find("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01");
  REQUIRE(key_type != bytes.npos);
  bytes[key_type] = '\x01';  // behind the subject, so that it is found, and cannot be parsed
  std::string text(4 * (bytes.size() / 3 + 1) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), size);
  text.resize(static_cast<std::size_t>(length));
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += 64) lines += text.substr(at, 64) + "\n";
  const Bundle bundle("-----BEGIN CERTIFICATE-----\n" + lines + "-----END CERTIFICATE-----\n" + pem(authority));
  CHECK(usual_verdict(bundle.file, {&leaf}) == unreadable);
  const auto trust = LazyTrust::open(bundle.file);
  REQUIRE(trust != nullptr);
  CHECK(lazy_verdict(*trust, {&leaf}) != X509_V_OK);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("lazy trust: certificates are parsed when they are asked for, and once") {
  const Party authority = root(common_name("The Root"));
  const Party leaf = leaf_of(authority);
  const Bundle bundle(others(5) + pem(authority) + others(5));
  const auto trust = LazyTrust::open(bundle.file);
  REQUIRE(trust != nullptr);
  CHECK(trust->parsed() == 0);
  for (int i = 0; i < 3; ++i) CHECK(lazy_verdict(*trust, {&leaf}) == X509_V_OK);
  CHECK(trust->parsed() == 1);
  const Party stranger = root(common_name("Stranger"));
  CHECK(lazy_verdict(*trust, {&stranger}) != X509_V_OK);
  CHECK(trust->parsed() == 1);
}

TEST_CASE("lazy trust: a bundle that changes is read anew, and one that goes away serves on") {
  const Party first = root(common_name("First"));
  const Party second = root(common_name("Second"));
  const Party of_first = leaf_of(first);
  const Party of_second = leaf_of(second);
  const Bundle bundle(pem(first));
  const auto trust = LazyTrust::open(bundle.file);
  REQUIRE(trust != nullptr);
  CHECK(lazy_verdict(*trust, {&of_first}) == X509_V_OK);
  CHECK(lazy_verdict(*trust, {&of_second}) != X509_V_OK);
  SUBCASE("by another plain one") { bundle.write(pem(second) + "\n"); }
  SUBCASE("by one that only OpenSSL reads") { bundle.write(trusted_pem(second, true)); }
  SUBCASE("by a file moved into its place") {
    const std::string moved = bundle.folder / "new.pem";
    std::ofstream(moved) << pem(second);
    std::filesystem::rename(moved, bundle.file);
  }
  CHECK(lazy_verdict(*trust, {&of_first}) != X509_V_OK);
  CHECK(lazy_verdict(*trust, {&of_second}) == X509_V_OK);
  bundle.write("not a bundle");
  CHECK(lazy_verdict(*trust, {&of_second}) == X509_V_OK);
  std::filesystem::remove(bundle.file);
  CHECK(lazy_verdict(*trust, {&of_second}) == X509_V_OK);
}

TEST_CASE("lazy trust: a handshake that began before a change ends with what was trusted then") {
  const Party first = root(common_name("First"));
  const Party second = root(common_name("Second"));
  const Party leaf = leaf_of(first);
  const Bundle bundle(pem(first));
  const auto trust = LazyTrust::open(bundle.file);
  const Context context(SSL_CTX_new(TLS_client_method()));
  REQUIRE(trust->serve(context.get()) == CURLE_OK);
  bundle.write(pem(second) + "\n");
  const Context next(SSL_CTX_new(TLS_client_method()));
  REQUIRE(trust->serve(next.get()) == CURLE_OK);
  CHECK(verdict(SSL_CTX_get_cert_store(context.get()), {&leaf}) == X509_V_OK);
  CHECK(verdict(SSL_CTX_get_cert_store(next.get()), {&leaf}) != X509_V_OK);
}

TEST_CASE("lazy trust: the system's bundle gives up each of its authorities") {
  const std::string file = "/etc/ssl/certs/ca-certificates.crt";
  if (!std::filesystem::exists(file)) return;
  const Store usual(X509_STORE_new());
  REQUIRE(X509_STORE_load_locations(usual.get(), file.c_str(), nullptr) == 1);
  X509_STORE_set_flags(usual.get(), flags);
  const auto trust = LazyTrust::open(file);
  if (trust == nullptr) return;  // whatever its owner has put there
  const STACK_OF(X509_OBJECT)* all = X509_STORE_get0_objects(usual.get());
  for (int i = 0; i < sk_X509_OBJECT_num(all); ++i) {
    X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
    X509_up_ref(certificate);
    const Party party{nullptr, Certificate(certificate)};
    CHECK(lazy_verdict(*trust, {&party}) == verdict(usual.get(), {&party}));
  }
}

TEST_SUITE_END();

TEST_CASE("name keys: bytes that are no name, and certificates cut short, are survived") {
  const Party authority = root({{"O", "Acme", V_ASN1_UTF8STRING}, {"CN", "Root", V_ASN1_PRINTABLESTRING}});
  unsigned char* der = nullptr;
  const int size = i2d_X509(authority.certificate.get(), &der);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  const auto subject = subject_of(bytes);
  REQUIRE(subject.has_value());
  CHECK(name_key(*subject).has_value());
  const std::string name(*subject);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(subject_of(std::string(bytes, 0, cut)).has_value());
  for (std::size_t cut = 0; cut < name.size(); ++cut) CHECK_FALSE(name_key(std::string(name, 0, cut)).has_value());
  CHECK_FALSE(subject_of(bytes + "x").has_value());
  CHECK_FALSE(name_key(name + "x").has_value());
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    if (const auto found = subject_of(changed)) static_cast<void>(name_key(*found));
  }
}

}  // namespace
}  // namespace apimall::net::tests
