// What TLS connections cost: the first of a fresh process and each further one, through the library and with libcurl's
// default certificate authorities (a file and a directory).
//
//   nginx.py tls_bench [turns]
//
// Both find the system's authorities as they do for everybody, so both have to refuse the server: its certificate is
// nobody's. Loading the authorities, the handshake up to there and the search for the issuer are what is measured. The
// first connection of a process also makes OpenSSL ready (its random numbers, its lists of algorithms), which takes
// some 2.5 ms and is the same for both; so it is measured a second time in processes where that has been done by a
// connection without authorities.
#include <curl/curl.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "child.hpp"
#include "library.hpp"

namespace {

using namespace bench;

std::string url() { return variable("TLS_URL") + std::string("/api/v1/images/") + task_id(1); }

constexpr int further = 20;

/// Prints what the first connection took, and each further one.
template <typename Connect>
void measure(Connect&& connect) {
  const double start = cpu_us();
  connect();
  const double first = cpu_us();
  for (int i = 0; i < further; ++i) connect();
  std::printf("%.1f %.1f\n", first - start, (cpu_us() - first) / further);
}

/// Makes a connection that looks for no authority.
void make_openssl_ready() {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url().c_str());
  curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
  curl_easy_setopt(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  if (curl_easy_perform(easy) != CURLE_OK) die("no connection without authorities");
  curl_easy_cleanup(easy);
}

void ours() {
  Library library(variable("TLS_URL"), {{"http_version", "1.1"}, {"rate_per_second", no_limit}});
  measure([&] {
    if (library.refused(task_id(1)) != APIMALL_ERROR_TLS_FAILED) die("the server's certificate was not refused");
  });
}

void peer() {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url().c_str());
  measure([&] {
    if (curl_easy_perform(easy) != CURLE_PEER_FAILED_VERIFICATION) die("the server's certificate was not refused");
  });
  curl_easy_cleanup(easy);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "11";
  if (what == "ours" || what == "peer") {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (argc > 2) make_openssl_ready();
    return what == "ours" ? ours() : peer(), 0;
  }
  Turns first;
  Turns ready;
  Turns rest;
  for (int i = 0; i < std::atoi(what.c_str()); ++i) {
    std::array<double, 2> took_ours{};
    std::array<double, 2> took_peer{};
    const auto side = [argv](std::array<double, 2>& took, std::vector<std::string> command) {
      return [&took, argv, command]() mutable {
        command.insert(command.begin(), argv[0]);
        if (std::sscanf(run(command).output.c_str(), "%lf %lf", &took[0], &took[1]) != 2) die("no figures");
        return took[0];
      };
    };
    first.take(side(took_ours, {"ours"}), side(took_peer, {"peer"}));
    ready.take(side(took_ours, {"ours", "ready"}), side(took_peer, {"peer", "ready"}));
    rest.take([&] { return took_ours[1]; }, [&] { return took_peer[1]; });
  }
  Row row{.what = "first TLS connection", .work = "1 connection", .unit = "µs CPU"};
  row.at_most = 0.1;
  row.compare("libcurl, default CA set-up", first).print();
  row.what = "the same, OpenSSL being ready";
  row.compare("libcurl, default CA set-up", ready).print();
  row.what = "each further TLS connection";
  row.work = std::to_string(further) + " connections";
  row.compare("libcurl, default CA set-up", rest).print();
}
