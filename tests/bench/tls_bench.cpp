// What the first TLS connection of a fresh process costs: through the library, and with libcurl's default certificate
// authorities (a file and a directory).
//
//   nginx.py tls_bench [turns]
//
// Both find the system's authorities as they do for everybody, so both have to refuse the server: its certificate is
// nobody's. Loading the authorities, the handshake up to there and the search for the issuer are what is measured.
#include <curl/curl.h>

#include <cstdlib>
#include <string>

#include "child.hpp"
#include "library.hpp"

namespace {

using namespace bench;

std::string url() { return variable("TLS_URL") + std::string("/api/v1/images/") + task_id(1); }

/// One connection through the library, in this fresh process.
double ours() {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // as the peer's, and not measured
  Library library(variable("TLS_URL"), {{"http_version", "1.1"}});
  const double before = cpu_us();
  if (library.refused(task_id(1)) != APIMALL_ERROR_TLS_FAILED) die("the server's certificate was not refused");
  return cpu_us() - before;
}

double peer() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url().c_str());
  const double before = cpu_us();
  if (curl_easy_perform(easy) != CURLE_PEER_FAILED_VERIFICATION) die("the server's certificate was not refused");
  const double cost = cpu_us() - before;
  curl_easy_cleanup(easy);
  return cost;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "11";
  if (what == "ours" || what == "peer") {
    std::printf("%.1f\n", what == "ours" ? ours() : peer());
    return 0;
  }
  Turns turns;
  const auto side = [&](const char* name) {
    return [name, argv] { return std::strtod(run({argv[0], name}).output.c_str(), nullptr); };
  };
  for (int i = 0; i < std::atoi(what.c_str()); ++i) turns.take(side("ours"), side("peer"));
  Row row{.what = "first TLS connection", .work = "1 connection", .unit = "µs CPU"};
  row.at_most = 0.1;
  row.compare("libcurl, default CA set-up", turns).print();
}
