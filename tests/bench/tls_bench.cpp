// What TLS connections cost: the first of a fresh process and each further one, through the library and with libcurl's
// default certificate authorities (a file and a directory).
//
//   nginx.py tls_bench [turns]
//
// Both find the system's authorities as they do for everybody, so both have to refuse the server: its certificate is
// nobody's. Loading the authorities, the handshake up to there and the search for the issuer are what is measured. A
// first connection has to read the file in either case, and makes OpenSSL ready (its random numbers, its lists of
// algorithms), which takes some 2.5 ms and is the same for both.
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

void ours() {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // as the peer's, and not measured
  Library library(variable("TLS_URL"), {{"http_version", "1.1"}, {"rate_per_second", no_limit}});
  measure([&] {
    if (library.refused(task_id(1)) != APIMALL_ERROR_TLS_FAILED) die("the server's certificate was not refused");
  });
}

void peer() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
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
  if (what == "ours") return ours(), 0;
  if (what == "peer") return peer(), 0;
  Turns first;
  Turns rest;
  for (int i = 0; i < std::atoi(what.c_str()); ++i) {
    std::array<double, 2> took_ours{};
    std::array<double, 2> took_peer{};
    const auto side = [&](const char* name, std::array<double, 2>& took) {
      return [&took, name, argv] {
        if (std::sscanf(run({argv[0], name}).output.c_str(), "%lf %lf", &took[0], &took[1]) != 2) die("no figures");
        return took[0];
      };
    };
    first.take(side("ours", took_ours), side("peer", took_peer));
    rest.take([&] { return took_ours[1]; }, [&] { return took_peer[1]; });
  }
  Row row{.what = "first TLS connection", .work = "1 connection", .unit = "µs CPU"};
  row.at_most = 0.1;
  row.compare("libcurl, default CA set-up", first).print();
  row.what = "each further TLS connection";
  row.work = std::to_string(further) + " connections";
  row.compare("libcurl, default CA set-up", rest).print();
}
