// CPU per request: the transport beside a bare libcurl loop that parses and keeps nothing, taking turns in one run.
//
//   tests/bench/nginx.sh transport_bench [h1|h2|first|all] [requests per turn] [turns] [only: ours|bare]
#include <curl/curl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "net/transport.hpp"

namespace {

constexpr const char* target = "/api/v1/images/img_01ARZ3NDEKTSV4RRFFQ69G5FAV";
constexpr const char* key = "sk-000000000000000000000000000000000000000000000000";

double cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    std::fprintf(stderr, "%s is not set: run this through tests/bench/nginx.sh\n", name);
    std::exit(2);
  }
  return value;
}

struct Setting {
  const char* name;
  std::string base;
  std::size_t in_flight;
  apimall::net::HttpVersion version;
};

class Ours {
 public:
  explicit Ours(const Setting& setting) : transport_(settings(setting)), in_flight_(setting.in_flight) {}

  void turn(std::size_t requests) {
    std::size_t sent = 0;
    std::size_t done = 0;
    for (; sent < std::min(requests, in_flight_); ++sent) transport_.send(sent, request_);
    while (done < requests) {
      transport_.run(std::chrono::seconds(1));
      while (auto completion = transport_.next_completion()) {
        const auto* response = std::get_if<apimall::wire::Response>(&completion->outcome);
        if (response == nullptr || response->status != 200 || response->body.size() < 600) {
          const auto* failure = std::get_if<apimall::net::Failure>(&completion->outcome);
          std::fprintf(stderr, "bad answer %s\n", failure != nullptr ? failure->message.c_str() : "");
          std::exit(1);
        }
        ++done;
        if (sent < requests) transport_.send(sent++, request_);
      }
    }
  }
  std::uint64_t connections() const { return transport_.connections_opened(); }

 private:
  static apimall::net::TransportSettings settings(const Setting& setting) {
    apimall::net::TransportSettings settings;
    settings.base_url = setting.base;
    settings.api_key = key;
    settings.user_agent = "apimall-bench";
    settings.http_version = setting.version;
    settings.ca_bundle = variable("CA_FILE");
    settings.max_in_flight = setting.in_flight;
    return settings;
  }

  apimall::net::Transport transport_;
  std::size_t in_flight_;
  apimall::wire::Request request_{apimall::wire::Method::get, target, ""};
};

class Bare {
 public:
  explicit Bare(const Setting& setting) : multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * setting.in_flight));
    headers_ = curl_slist_append(headers_, (std::string("Authorization: Bearer ") + key).c_str());
    headers_ = curl_slist_append(headers_, "Accept: application/json");
    const bool h2 = setting.version != apimall::net::HttpVersion::http1;
    for (std::size_t i = 0; i < setting.in_flight; ++i) {
      CURL* easy = curl_easy_init();
      curl_easy_setopt(easy, CURLOPT_URL, (setting.base + target).c_str());
      curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
      curl_easy_setopt(easy, CURLOPT_USERAGENT, "apimall-bench");
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Bare::discard);
      curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(easy, CURLOPT_CAINFO, variable("CA_FILE"));
      curl_easy_setopt(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
      const long version = h2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
      curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
      if (h2) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
      easies_.push_back(easy);
    }
  }
  ~Bare() {
    for (CURL* easy : easies_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void turn(std::size_t requests) {
    std::size_t sent = 0;
    std::size_t done = 0;
    for (; sent < std::min(requests, easies_.size()); ++sent) curl_multi_add_handle(multi_, easies_[sent]);
    while (done < requests) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        CURL* easy = message->easy_handle;
        if (message->data.result != CURLE_OK) {
          std::fprintf(stderr, "bad answer: %s\n", curl_easy_strerror(message->data.result));
          std::exit(1);
        }
        curl_multi_remove_handle(multi_, easy);
        ++done;
        if (sent++ < requests) curl_multi_add_handle(multi_, easy);
      }
      if (done < requests) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
  }

 private:
  static std::size_t discard(char*, std::size_t, std::size_t count, void*) { return count; }

  CURLM* multi_;
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> easies_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const Setting& setting, std::size_t requests, std::size_t turns, const char* only) {
  Ours ours(setting);
  Bare bare(setting);
  const bool with_ours = std::strcmp(only, "bare") != 0;
  const bool with_bare = std::strcmp(only, "ours") != 0;
  if (with_ours) ours.turn(setting.in_flight * 4);  // the connections are open from here on
  if (with_bare) bare.turn(setting.in_flight * 4);
  std::vector<double> our_us;
  std::vector<double> bare_us;
  std::vector<double> ratios;
  const auto per_request = [requests](auto& client) {
    const double before = cpu_us();
    client.turn(requests);
    return (cpu_us() - before) / static_cast<double>(requests);
  };
  for (std::size_t i = 0; i < turns; ++i) {
    // Who goes first alternates, so that a drift of the machine favours neither.
    if (with_ours && i % 2 == 0) our_us.push_back(per_request(ours));
    if (with_bare) bare_us.push_back(per_request(bare));
    if (with_ours && i % 2 == 1) our_us.push_back(per_request(ours));
    if (with_ours && with_bare) ratios.push_back(our_us.back() / bare_us.back());
  }
  std::printf("%s, %zu in flight: ", setting.name, setting.in_flight);
  if (with_ours) std::printf("ours %.2f us  ", median(our_us));
  if (with_bare) std::printf("bare %.2f us  ", median(bare_us));
  if (!ratios.empty()) std::printf("ratio %.3f", median(ratios));
  std::printf("  (CPU per request, medians of %zu turns of %zu; %llu connections)\n", turns, requests,
              static_cast<unsigned long long>(ours.connections()));
}

/// What the first TLS connection of a fresh multi handle costs with the system's authorities in a file or a directory.
double connection_cost_us(CURLM* multi, const char* file, const char* folder) {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, (std::string(variable("TLS_URL")) + target).c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, file);
  curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
  curl_multi_add_handle(multi, easy);
  const double before = cpu_us();
  for (int running = 1; running != 0;) {
    curl_multi_perform(multi, &running);
    if (running != 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  const double cost = cpu_us() - before;
  curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  return cost;
}

void first_connections(const char* system_file) {
  for (const char* folder : {static_cast<const char*>(nullptr), "/etc/ssl/certs"}) {
    CURLM* multi = curl_multi_init();
    const double first = connection_cost_us(multi, system_file, folder);
    std::vector<double> later;
    for (int i = 0; i < 9; ++i) later.push_back(connection_cost_us(multi, system_file, folder));
    std::printf(
        "TLS connection (refused: a foreign certificate), CAINFO set, CAPATH %s: first %.0f us, later ones %.0f us\n",
        folder == nullptr ? "null" : folder, first, median(later));
    curl_multi_cleanup(multi);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "all";
  const std::size_t requests = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 20'000;
  const std::size_t turns = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 9;
  const char* only = argc > 4 ? argv[4] : "";
  curl_global_init(CURL_GLOBAL_DEFAULT);
  using apimall::net::HttpVersion;
  if (what == "h1" || what == "all") {
    compare({"HTTP/1.1 clear", variable("CLEAR_URL"), 64, HttpVersion::http1}, requests, turns, only);
  }
  if (what == "h2" || what == "all") {
    compare({"HTTP/2 over TLS", variable("TLS_URL"), 100, HttpVersion::automatic}, requests, turns, only);
  }
  if (what == "first" || what == "all") first_connections("/etc/ssl/certs/ca-certificates.crt");
}
