// TLS against a server with a certificate made on the spot.
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>
#include <utility>

#include "transport_fixture.hpp"

namespace apimall::net::tests {
namespace {

constexpr const char* empty_object = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

/// Answers one request per connection, always the same, under a self-signed certificate for 127.0.0.1.
class TlsServer {
 public:
  explicit TlsServer(int highest_version = TLS1_3_VERSION, std::string answer = empty_object)
      : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
    block_broken_pipes();
    make_certificate();
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, highest_version);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
    SSL_CTX_free(context_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_);
  }
  void write_certificate(const std::string& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    PEM_write_X509(file, certificate_);
    std::fclose(file);
  }
  int requests() const { return requests_; }

 private:
  static void block_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

  void make_certificate() {
    key_ = EVP_EC_gen("P-256");
    certificate_ = X509_new();
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(certificate_, key_, EVP_sha256());
    SSL_CTX_use_certificate(context_, certificate_);
    SSL_CTX_use_PrivateKey(context_, key_);
  }

  void serve() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      SSL* tls = SSL_new(context_);
      SSL_set_fd(tls, socket);
      char bytes[4096];
      if (SSL_accept(tls) == 1 && SSL_read(tls, bytes, sizeof(bytes)) > 0) {
        ++requests_;
        SSL_write(tls, answer_.data(), static_cast<int>(answer_.size()));
        SSL_shutdown(tls);
      }
      SSL_free(tls);
      ::close(socket);
    }
  }

  const std::string answer_;
  SSL_CTX* context_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

/// The settings of one who trusts this server's certificate and no other.
TransportSettings trusting(const TlsServer& vouched_for, const TemporaryFolder& folder, const std::string& url) {
  vouched_for.write_certificate(folder / "ca.pem");
  auto settings = settings_for(url);
  settings.ca_bundle = folder / "ca.pem";
  return settings;
}

TEST_CASE("TLS: a server that the named authority vouches for is talked to") {
  TlsServer server;
  const TemporaryFolder folder;
  Transport transport(trusting(server, folder, server.url()));
  transport.send(1, get());
  const auto completion = await(transport);
  CHECK(std::get<wire::Response>(completion.outcome).body == "{}");
}

TEST_CASE("TLS: a stranger's certificate is refused for good, and the message says what was trusted") {
  TlsServer server;
  TlsServer other;
  const TemporaryFolder folder;
  Transport transport(trusting(other, folder, server.url()));
  transport.send(1, post("{}"));
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::tls_failed);
  CHECK_FALSE(failure.retryable);
  CHECK_FALSE(failure.maybe_received);
  CHECK(failure.message.find(folder / "ca.pem") != std::string::npos);
  CHECK(failure.message.find("SSL_CERT_FILE") != std::string::npos);
  CHECK(server.requests() == 0);
}

TEST_CASE("TLS: a certificate for another host is refused") {
  TlsServer server;
  const TemporaryFolder folder;
  Transport transport(trusting(server, folder, server.url("localhost")));
  transport.send(1, get());
  CHECK(failure_of(await(transport)).code == Code::tls_failed);
  CHECK(server.requests() == 0);
}

TEST_CASE("TLS: a bundle that is not there is named") {
  TlsServer server;
  auto settings = settings_for(server.url());
  settings.ca_bundle = "/nowhere/ca.pem";
  Transport transport(settings);
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::tls_failed);
  CHECK(failure.message.find("/nowhere/ca.pem (the ca_bundle setting): not a readable file") != std::string::npos);
}

TEST_CASE("TLS: a bundle without a certificate, or a broken one, is named") {
  TlsServer server;
  const TemporaryFolder folder;
  const std::string file = folder / "ca.pem";
  server.write_certificate(file);
  std::string text = content(file);
  SUBCASE("empty") { text.clear(); }
  SUBCASE("some other text") { text = "not a certificate\n"; }
  SUBCASE("one byte short") { text.resize(text.size() - 2); }
  std::ofstream(file, std::ios::trunc) << text;
  auto settings = settings_for(server.url());
  settings.ca_bundle = file;
  Transport transport(settings);
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::tls_failed);
  CHECK_FALSE(failure.retryable);
  CHECK(failure.message.find("Certificate authorities: " + file) != std::string::npos);
  CHECK(server.requests() == 0);
}

TEST_CASE("TLS: a bundle that libcurl has to load itself serves as any other") {
  TlsServer server;
  TlsServer other;
  const TemporaryFolder folder;
  const std::string file = folder / "ca.pem";
  server.write_certificate(file);
  std::ofstream(file, std::ios::app) << std::string(1000, '#') << "\n";
  for (const TlsServer* one : {&server, &other}) {
    auto settings = settings_for(one->url());
    settings.ca_bundle = file;
    Transport transport(settings);
    transport.send(1, get());
    const auto completion = await(transport);
    if (one == &server) {
      CHECK(std::get<wire::Response>(completion.outcome).body == "{}");
    } else {
      CHECK(failure_of(completion).code == Code::tls_failed);
    }
  }
}

TEST_CASE("TLS: every further connection is verified as the first one is") {
  TlsServer server;
  const TemporaryFolder folder;
  auto settings = trusting(server, folder, server.url());
  Transport transport(settings);
  for (ExchangeId id = 1; id < 5; ++id) {  // the server ends each
    transport.send(id, get());
    CHECK(std::get<wire::Response>(await(transport).outcome).body == "{}");
  }
  CHECK(transport.connections_opened() == 4);
  TlsServer impostor;
  settings.base_url = impostor.url();
  Transport next(settings);
  for (ExchangeId id = 1; id < 3; ++id) {
    next.send(id, get());
    CHECK(failure_of(await(next)).code == Code::tls_failed);
  }
}

TEST_CASE("TLS: a download is not led from TLS into the clear") {
  ScriptedServer clear([](const Seen&, Peer& peer) { peer.answer(200, "", png(64)); });
  const std::string moved =
      "HTTP/1.1 302 Found\r\nLocation: " + clear.url() + "/a.png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  TlsServer server(TLS1_3_VERSION, moved);
  const TemporaryFolder folder;
  const TemporaryFolder pictures;
  Transport transport(trusting(server, folder, server.url()));
  transport.fetch(1, {server.url() + "/a.png", pictures.text(), "a"});
  const Failure failure = failure_of(await(transport));
  CHECK_FALSE(failure.retryable);
  CHECK(server.requests() == 1);
  CHECK(clear.seen().empty());
  CHECK(pictures.names().empty());
}

TEST_CASE("TLS: versions before 1.2 are refused") {
  TlsServer server(TLS1_1_VERSION);
  const TemporaryFolder folder;
  Transport transport(trusting(server, folder, server.url()));
  transport.send(1, get());
  CHECK(failure_of(await(transport)).code == Code::tls_failed);
  CHECK(server.requests() == 0);
}

}  // namespace
}  // namespace apimall::net::tests
